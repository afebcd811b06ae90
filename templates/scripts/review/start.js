/* Pages of `grade review`: keys, decisions, and what happens meanwhile. */
import { byId } from "../common/elements.js";
import { choosing } from "./choosing.js";
import { beside, deciding } from "./deciding.js";
import { entering } from "./entering.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { noting } from "./noting.js";
import { papers } from "./papers.js";
import { publishing } from "./publishing.js";
import { signing } from "./signing.js";
import { tellTheEnd, tellWhatWaited } from "./talking.js";

if (byId("enter")) entering();
else {
  tellWhatWaited();
  tellTheEnd(beside !== null);
  for (const concern of [signing, publishing, deciding, papers, choosing, noting, keys, live]) concern();
}
