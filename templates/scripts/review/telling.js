/* Values as sentences. */
import { mark } from "../common/texts.js";

const MINUTE_SECONDS = 60;

/* Who is decided about, and how the mark changes: those whose mark does are first. */
export function effectsAsText(rows, say) {
  const changes = ({ before, score }) => before !== score;
  const changed = rows.filter(changes);
  const effect = ({ name, before, score }) => say("effect", { name, before: mark(before), after: mark(score) });
  const stays = ({ name, score }) => say("stays", { name, mark: mark(score) });
  const others = rows.filter((row) => !changes(row));
  const title = say("effects", { chosen: rows.length, count: changed.length });
  return [title, ...changed.map(effect), ...others.map(stays)];
}

/* How far a class is, as one line. */
export function progressAsText(running, say) {
  const minutes = Math.max(1, Math.round(running.left / MINUTE_SECONDS));
  const told = say(running.left ? "left" : "running", { done: running.done, total: running.total, minutes });
  return `${told} ${running.now.map((one) => one.join(" ")).join(" · ")}`.trimEnd();
}

/* What the queue is told of above its rows; "" where it is as it is shown. */
export function stateAsText({ running, reading, edition }, shown, say) {
  if (running) return progressAsText(running, say);
  if (reading) return say("reading", { read: reading[0], total: reading[1] });
  return String(edition) === shown ? "" : say("news");
}
