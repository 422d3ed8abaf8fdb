/**
 * Starts the dashboard's page.
 *
 * @module
 */
import { render } from "preact";
import { Client } from "./api/client.ts";
import { App } from "./app.tsx";
import { Observable } from "./observable.ts";
import { PageContext, type PageParts } from "./page_context.ts";
import { Kept } from "./preferences.ts";
import { Router } from "./router.ts";

const kept = new Kept();
const parts: PageParts = {
  client: new Client({ token: () => kept.token.value }),
  router: new Router(),
  kept,
  tokenWanted: new Observable<PageParts["tokenWanted"]["value"]>(undefined),
  question: new Observable<PageParts["question"]["value"]>(undefined),
  notice: new Observable(""),
  seconds: new Observable(0),
  help: new Observable(false),
};

setInterval(() => {
  if (!document.hidden) parts.seconds.set(parts.seconds.value + 1);
}, 1_000);

render(
  <PageContext.Provider value={parts}>
    <App />
  </PageContext.Provider>,
  document.querySelector("#page")!,
);
