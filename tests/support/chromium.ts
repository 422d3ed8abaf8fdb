/**
 * Chromium out of Debian's packages, for tests that look at the page as people do: nothing is installed.
 *
 * @module
 */
import { type Browser, chromium } from "playwright-core";
import { unpack } from "./debian_packages.ts";

const CACHE = new URL("../../.cache/", import.meta.url).pathname;

/** Starts it. About 45 s and 600 MB on disk the first time. @throws {Error} Where it cannot be had. */
export async function startChromium(): Promise<Browser> {
  const executablePath = await prepare();
  return await chromium.launch({
    executablePath,
    // Its zygote would start itself past the script, and its sandbox needs rights that a container does not give.
    args: ["--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-breakpad", "--disable-crash-reporter"],
    chromiumSandbox: false,
  });
}

/** The script that runs it. */
async function prepare(): Promise<string> {
  const { root, loader, libraries } = await unpack({
    suite: "stable",
    name: "chromium",
    extra: ["fonts-dejavu-core", "fonts-inter"],
    without: /^(adduser|dconf|gsettings|libgtk|systemd|udev|x11-utils|xdg-utils)/,
  }, `${CACHE}chromium-stable-inter`);
  const folder = `${root}/usr/lib/chromium`;
  const script = `${root}/chromium.sh`;
  if (await Deno.stat(script).then(() => true, () => false)) return script;
  // Chromium looks for its own files beside the program that runs, which is the loader.
  await Deno.copyFile(loader, `${folder}/loader`);
  await Deno.chmod(`${folder}/loader`, 0o755);
  await Deno.writeTextFile(`${root}/fonts.conf`, fontsConf(root));
  const path = [...libraries, ...libraries.map((one) => `${one}/pulseaudio`)].join(":");
  const lines = [
    "#!/bin/sh",
    `export FONTCONFIG_FILE='${root}/fonts.conf'`,
    `exec '${folder}/loader' --library-path '${path}' '${folder}/chromium' --browser-subprocess-path='${script}' "$@"`,
  ];
  await Deno.writeTextFile(`${script}.new`, `${lines.join("\n")}\n`, { mode: 0o755 });
  await Deno.rename(`${script}.new`, script);
  return script;
}

function fontsConf(root: string): string {
  const prefer = (name: string, family: string) =>
    `<alias binding="same"><family>${name}</family><prefer><family>${family}</family></prefer></alias>`;
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${root}/usr/share/fonts</dir>` +
    `<cachedir>${root}/fonts-cache</cachedir>${prefer("system-ui", "Inter")}${prefer("sans-serif", "Inter")}` +
    `${prefer("monospace", "DejaVu Sans Mono")}</fontconfig>`;
}
