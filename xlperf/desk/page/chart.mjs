// Two small charts: how scores are spread, and who stands where. Drawn as SVG, each with its numbers in words.
const SPACE = "http://www.w3.org/2000/svg";

function svg(tag, props = {}, ...children) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(props)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Count values in up to `most` equal steps; returns [{from, to, count}]. */
export function bins(values, most = 10) {
  const found = values.filter((v) => Number.isFinite(v));
  if (!found.length) return [];
  const [low, high] = [Math.min(...found), Math.max(...found)];
  const count = low === high ? 1 : Math.min(most, Math.max(1, Math.ceil(Math.sqrt(found.length))));
  const step = (high - low) / count || 1;
  const made = Array.from({ length: count }, (_, i) => ({ from: low + i * step, to: low + (i + 1) * step, count: 0 }));
  for (const v of found) made[Math.min(count - 1, Math.floor((v - low) / step))].count += 1;
  return made;
}

/** Draw how values are spread. */
export function spread(title, values) {
  const found = bins(values);
  const most = Math.max(1, ...found.map((b) => b.count));
  const [width, height, foot] = [360, 120, 18];
  const each = width / Math.max(1, found.length);
  const bars = found.map((bin, i) => {
    const tall = ((height - 14) * bin.count) / most;
    const words = `${bin.from.toFixed(2)}–${bin.to.toFixed(2)}: ${bin.count}`;
    return svg("g", {}, svg("title", {}, words), svg("rect", { x: i * each + 2, y: height - tall, width: each - 4, height: tall, class: "bar" }), svg("text", { x: i * each + each / 2, y: height - tall - 3, class: "count" }, bin.count), svg("text", { x: i * each + each / 2, y: height + 13, class: "foot" }, bin.from.toFixed(1)));
  });
  return svg("svg", { viewBox: `0 0 ${width} ${height + foot}`, role: "img", "aria-label": `${title}: ${found.map((b) => `${b.from.toFixed(2)}–${b.to.toFixed(2)}: ${b.count}`).join("; ")}`, class: "chart" }, ...bars);
}

/** Draw one bar a line. lines: [{name, value}]. */
export function lengths(title, lines) {
  const values = lines.map((l) => l.value).filter((v) => Number.isFinite(v));
  if (!values.length) return svg("svg", { class: "chart", role: "img", "aria-label": title });
  const low = Math.min(0, ...values);
  const range = Math.max(...values) - low || 1;
  const [left, room, each] = [130, 230, 16];
  const bars = lines.map((line, i) => {
    const long = Number.isFinite(line.value) ? (room * (line.value - low)) / range : 0;
    return svg("g", {}, svg("text", { x: left - 6, y: i * each + 12, class: "name" }, line.name.slice(0, 10)), svg("rect", { x: left, y: i * each + 3, width: Math.max(0, long), height: each - 5, class: "bar" }), svg("text", { x: left + long + 4, y: i * each + 12, class: "value" }, line.points));
  });
  return svg("svg", { viewBox: `0 0 ${left + room + 60} ${lines.length * each + 6}`, role: "img", "aria-label": title, class: "chart tall" }, ...bars);
}
