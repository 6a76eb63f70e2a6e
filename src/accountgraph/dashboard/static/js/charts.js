// Draws a chart from the numbers that stand beside it, in our colours, light and dark; saves it as PNG, SVG and CSV.
import * as echarts from "../vendor/echarts.js";

const drawn = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-look"] });
// What fits beside a picture depends on its width.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const one = drawn.get(target);
    if (!one || one.width === target.clientWidth) continue;
    one.width = target.clientWidth;
    one.chart.resize();
    one.chart.setOption(optionOf(one.spec, colours(), one.width), true);
  }
});

export function start(element) {
  const spec = JSON.parse(element.dataset.chart);
  const chart = echarts.init(element, null, { renderer: "canvas" });
  const width = element.clientWidth;
  drawn.set(element, { chart, spec, width });
  chart.setOption(optionOf(spec, colours(), width));
  chart.on("click", (event) => { const to = linkOf(spec, event); if (to) location.assign(to); });
  sizes.observe(element);
  const files = element.closest("figure").querySelector(".chart-files");
  if (files) {
    files.hidden = false;
    files.addEventListener("click", (event) => save(event.target.dataset.save, element, chart, spec));
  }
  document.addEventListener("htmx:beforeCleanupElement", (event) => { if (event.target === element || event.target.contains?.(element)) forget(element); });
}

// A cell of a heat map has a link of its own; elsewhere a label has one.
function linkOf(spec, { data, dataIndex }) {
  return spec.kind === "heat" ? spec.series[data[1]].links[data[0]] : spec.links[dataIndex];
}

function forget(element) {
  sizes.unobserve(element);
  drawn.get(element)?.chart.dispose();
  drawn.delete(element);
}

function redraw() {
  for (const { chart, spec, width } of drawn.values()) chart.setOption(optionOf(spec, colours(), width), true);
}

// The page's own tokens, as colours that a canvas takes.
export function colours() {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  const read = (name) => {
    probe.className = `colour-${name}`;
    return getComputedStyle(probe).color;
  };
  const names = ["ink", "quiet", "line", "card", "good", "attention", "bad", "data", "none-wash", "series-1", "series-2", "series-3", "series-4", "series-5", "series-6"];
  const found = Object.fromEntries(names.map((name) => [name, read(name)]));
  probe.remove();
  return found;
}

function text(value, unit) {
  if (value === null || value === undefined) return "not known";
  if (unit === "%") return `${(value * 100).toFixed(1)} %`;
  return `${value.toLocaleString("en", { maximumFractionDigits: 1 })}${unit ? ` ${unit}` : ""}`;
}

function optionOf(spec, colour, width) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    backgroundColor: "transparent",
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour.ink, fontSize: 12 },
    aria: { enabled: false },
    tooltip: tooltipOf(spec, colour),
    ...(spec.kind === "heat" ? heat(spec, colour, width) : spec.kind === "row" || spec.kind === "interval" ? rows(spec, colour, width) : columns(spec, colour, width)),
  };
}

function tooltipOf(spec, colour) {
  const base = { renderMode: "richText", backgroundColor: colour.card, borderColor: colour.line, textStyle: { color: colour.ink, fontSize: 12 }, confine: true };
  if (spec.kind === "heat") return { ...base, formatter: ({ data }) => `${spec.series[data[1]].name}, ${spec.labels[data[0]]}: ${cellText(spec, data)}` };
  return {
    ...base,
    trigger: "axis",
    axisPointer: { type: spec.kind === "line" || spec.kind === "area" ? "line" : "shadow", lineStyle: { color: colour.line }, shadowStyle: { color: colour["none-wash"], opacity: 0.5 } },
    formatter: ([{ dataIndex }]) => [spec.labels[dataIndex], ...spec.series.map((one) => `${one.name}: ${text(one.values[dataIndex], spec.unit)}${interval(one, dataIndex, spec.unit)}`)].join("\n"),
  };
}

function cellText(spec, [at, row]) {
  const one = spec.series[row];
  return `${text(one.values[at], spec.unit)}${interval(one, at, spec.unit)}${one.faint[at] ? ", too little data" : ""}`;
}

function interval(series, at, unit) {
  return series.low[at] === undefined || series.low[at] === null ? "" : ` (${text(series.low[at], unit)} to ${text(series.high[at], unit)})`;
}

const isNarrow = (width) => width < 480;

const valueAxis = (spec, colour, width) => ({
  type: "value",
  splitNumber: isNarrow(width) ? 3 : 4,
  ...(spec.unit === "%" ? {} : { minInterval: 1 }),
  axisLabel: { color: colour.quiet, hideOverlap: true, formatter: (value) => (spec.unit === "%" ? `${Math.round(value * 1000) / 10} %` : value.toLocaleString("en")) },
  splitLine: { lineStyle: { color: colour.line } },
});

const labelAxis = (spec, colour) => ({
  type: "category",
  data: spec.labels,
  axisLabel: { color: colour.quiet, hideOverlap: true, ...(isLine(spec) || isDense(spec) ? { alignMinLabel: "left", alignMaxLabel: "right" } : {}) },
  axisLine: { lineStyle: { color: colour.line } },
  axisTick: { show: false },
});

// Names stand at the end of a line where there are few, above where there are many or none has an end.
function legend(spec, colour) {
  const data = spec.series.map((one, at) => ({ name: one.name, icon: spec.kind === "interval" && at % 2 ? "diamond" : spec.kind === "interval" ? "circle" : "roundRect", itemStyle: { color: colour[one.role] } }));
  return spec.series.length < 2 || isLabelledDirectly(spec) ? { show: false } : { top: 0, left: 0, data, itemWidth: 12, itemHeight: 8, itemGap: 16, textStyle: { color: colour.quiet } };
}

const isLine = (spec) => spec.kind === "line" || spec.kind === "area";
const isLabelledDirectly = (spec) => isLine(spec) && spec.series.length > 1 && spec.series.length < 5;

function columns(spec, colour, width) {
  const hasLegend = spec.series.length > 1 && !isLabelledDirectly(spec);
  const longest = Math.max(...spec.series.map((one) => one.name.length));
  const moved = shifts(spec);
  return {
    legend: legend(spec, colour),
    grid: { top: hasLegend ? (isNarrow(width) ? 60 : 36) : 16, left: 8, right: isLabelledDirectly(spec) ? 16 + longest * 6.5 : 16, bottom: 8, containLabel: true },
    xAxis: { ...labelAxis(spec, colour), boundaryGap: !isLine(spec) && !isDense(spec) },
    yAxis: valueAxis(spec, colour, width),
    series: spec.series.flatMap((one, at) => [...(one.low.length ? band(one, colour) : []), isLine(spec) ? line(one, spec, colour, moved.get(at)) : isDense(spec) ? layer(one, colour) : column(one, spec, colour)]),
  };
}

// Bars on each other that would be a few pixels wide are drawn as layers.
const isDense = (spec) => spec.kind === "stacked" && spec.labels.length > 60;

const layer = (one, colour) => ({
  name: one.name, type: "line", stack: "all", data: one.values, color: colour[one.role], symbol: "none", triggerLineEvent: true,
  lineStyle: { width: 0 }, areaStyle: { opacity: 0.75 },
});

// How far the names at the ends of lines are pushed apart, in pixels down; the highest line keeps the highest place.
function shifts(spec) {
  const height = 180;
  const most = Math.max(0.0001, ...spec.series.flatMap((one) => one.values.map((value) => value ?? 0)));
  const ends = spec.series.map((one, at) => ({ at, y: height * (1 - (one.values.findLast((value) => value !== null) ?? 0) / most) }));
  ends.sort((a, b) => a.y - b.y || b.at - a.at);
  let free = -Infinity;
  const places = ends.map(({ at, y }) => { free = Math.max(y, free + 14); return [at, y, free]; });
  const over = Math.max(0, free - height);
  return new Map(places.map(([at, y, place]) => [at, place - over * (place > y || over ? 1 : 0) - y]));
}

const line = (one, spec, colour, shift) => ({
  name: one.name, type: "line", data: one.values, color: colour[one.role],
  symbol: "circle", symbolSize: 5, showSymbol: spec.labels.length < 32,
  z: one.isReference ? 1 : 3,
  lineStyle: one.isReference ? { width: 1, type: [4, 3] } : { width: spec.series.length > 1 ? 2.25 : 1.75 },
  ...(spec.kind === "area" ? { areaStyle: { opacity: 0.12 } } : {}),
  ...(isLabelledDirectly(spec) ? { endLabel: { show: true, formatter: "{a}", color: colour[one.role], offset: [0, shift] } } : {}),
});

const column = (one, spec, colour) => ({
  name: one.name, type: "bar", data: one.values, color: colour[one.role], barMaxWidth: 40,
  ...(spec.kind === "stacked" ? { stack: "all", barCategoryGap: spec.labels.length > 60 ? "0%" : "20%" } : {}),
  itemStyle: { borderRadius: spec.kind === "stacked" ? 0 : [3, 3, 0, 0] },
});

function band(one, colour) {
  const common = { type: "line", symbol: "none", silent: true, lineStyle: { opacity: 0 }, stack: `band ${one.name}`, color: colour[one.role], tooltip: { show: false } };
  return [
    { ...common, data: one.low },
    { ...common, data: one.high.map((high, at) => (high === null ? null : high - one.low[at])), areaStyle: { opacity: 0.15, color: colour[one.role] } },
  ];
}

function rows(spec, colour, width) {
  const isInterval = spec.kind === "interval";
  const longest = Math.max(0, ...spec.series.flatMap((one) => one.values.map((value, at) => (one.texts[at] ?? text(value, spec.unit)).length)));
  const beside = isInterval ? 64 : Math.min(16 + longest * 6.5, width * 0.4); // pixels for the words at the longest bar
  return {
    legend: legend(spec, colour),
    grid: { top: spec.series.length > 1 ? 36 : 8, left: 8, right: beside, bottom: 8, containLabel: true },
    xAxis: isInterval ? valueAxis(spec, colour, width) : { type: "value", show: false, min: 0 }, // the bars say their numbers themselves
    yAxis: { ...labelAxis(spec, colour), inverse: true, axisLabel: { color: colour.ink, width: Math.min(200, width * 0.36), overflow: "truncate", interval: 0 } },
    series: spec.series.map((one, nth) => (isInterval ? whisker(one, nth, spec, colour) : bar(one, spec, colour, beside))),
  };
}

const bar = (one, spec, colour, beside) => ({
  name: one.name, type: "bar", data: one.values, barMaxWidth: 20, color: colour[one.role], itemStyle: { borderRadius: [0, 3, 3, 0] },
  label: { show: true, position: "right", color: colour.quiet, width: beside - 12, overflow: "break", lineHeight: 14, formatter: ({ value, dataIndex }) => one.texts[dataIndex] ?? text(value, spec.unit) },
});

// The value as a dot (every second series: a diamond) on its interval; series of a row lie below each other.
const whisker = (one, nth, spec, colour) => ({
  name: one.name, type: "custom", color: colour[one.role], encode: { x: [0, 1, 2], y: 3 },
  data: one.values.map((value, at) => [value ?? NaN, one.low[at] ?? NaN, one.high[at] ?? NaN, at]),
  renderItem: (_, api) => {
    if (Number.isNaN(api.value(0))) return null;
    const apart = Math.min(18, api.size([0, 1])[1] / (spec.series.length + 0.5));
    const dy = (nth - (spec.series.length - 1) / 2) * apart;
    const [x, from, to] = [0, 1, 2].map((at) => api.coord([api.value(at), api.value(3)]));
    const [y, stroke] = [x[1] + dy, colour[one.role]];
    const tip = (at) => ({ type: "line", shape: { x1: at, y1: y - 4, x2: at, y2: y + 4 }, style: { stroke, lineWidth: 1.5 } });
    const dot = nth % 2
      ? { type: "polygon", shape: { points: [[x[0] - 6, y], [x[0], y - 6], [x[0] + 6, y], [x[0], y + 6]] }, style: { fill: colour.card, stroke, lineWidth: 1.5 } }
      : { type: "circle", shape: { cx: x[0], cy: y, r: 5 }, style: { fill: stroke } };
    const word = { type: "text", x: to[0] + 8, y, style: { text: text(one.values[api.value(3)], spec.unit === "%" ? "%" : ""), fill: nth % 2 ? colour.quiet : colour.ink, backgroundColor: colour.card, padding: [0, 2], fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily, verticalAlign: "middle" } };
    return { type: "group", children: [{ type: "line", shape: { x1: from[0], y1: y, x2: to[0], y2: y }, style: { stroke, lineWidth: 1.5 } }, tip(from[0]), tip(to[0]), dot, word] };
  },
});

function heat(spec, colour, width) {
  const cells = spec.series.flatMap((one, row) => one.values.map((value, at) => ({ at, row, value, isFaint: one.faint[at] })));
  const sure = cells.filter((cell) => cell.value !== null && !cell.isFaint);
  const known = sure.map((cell) => cell.value);
  return {
    grid: { top: 8, left: 8, right: 16, bottom: known.length ? 56 : 8, containLabel: true },
    xAxis: { ...labelAxis(spec, colour), splitArea: { show: false } },
    yAxis: { type: "category", inverse: true, data: spec.series.map((one) => one.name), axisLabel: { color: colour.ink, interval: 0 }, axisLine: { show: false }, axisTick: { show: false } },
    visualMap: {
      show: known.length > 0, seriesIndex: 0, dimension: 2, min: Math.min(0, ...known), max: Math.max(...known, 0.0001), orient: "horizontal", left: "center", bottom: 0,
      itemHeight: isNarrow(width) ? 80 : 120, itemWidth: 10, textStyle: { color: colour.quiet }, text: [text(Math.max(0, ...known), spec.unit), text(Math.min(0, ...known), spec.unit)], formatter: (value) => text(value, spec.unit), inRange: { color: [colour["none-wash"], colour.data] },
    },
    series: [
      { type: "heatmap", data: sure.map((cell) => [cell.at, cell.row, cell.value]), itemStyle: { borderColor: colour.card, borderWidth: 2, borderRadius: 3 } },
      hatched(cells.filter((cell) => cell.value !== null && cell.isFaint), colour),
    ],
  };
}

// Too little data: an outline with strokes across it, of no colour that says anything.
const hatched = (cells, colour) => ({
  type: "custom", data: cells.map((cell) => [cell.at, cell.row, cell.value]), encode: { x: 0, y: 1 },
  renderItem: (_, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]);
    const [w, h] = api.size([1, 1]).map((one) => Math.max(2, one - 4));
    const box = { x: x - w / 2, y: y - h / 2, width: w, height: h };
    const stroke = (part) => ({ type: "line", silent: true, shape: across(box, part), style: { stroke: colour.quiet, lineWidth: 1, opacity: 0.6 } });
    return { type: "group", children: [{ type: "rect", shape: { ...box, r: 3 }, style: { fill: "transparent", stroke: colour.line, lineWidth: 1 } }, ...[0.5, 1, 1.5].map(stroke)] };
  },
});

// A stroke from lower left to upper right; `part` of 0 to 2 says how far along the diagonal it crosses.
function across({ x, y, width, height }, part) {
  return part <= 1
    ? { x1: x, y1: y + height * part, x2: x + width * part, y2: y }
    : { x1: x + width * (part - 1), y1: y + height, x2: x + width, y2: y + height * (part - 1) };
}

function save(kind, element, chart, spec) {
  if (kind === "png") download(`${spec.key}.png`, chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colours().card }));
  if (kind === "svg") {
    const paper = echarts.init(null, null, { renderer: "svg", ssr: true, width: element.clientWidth, height: element.clientHeight });
    paper.setOption({ ...optionOf(spec, colours(), element.clientWidth), animation: false, backgroundColor: colours().card });
    offer(`${spec.key}.svg`, paper.renderToSVGString(), "image/svg+xml");
    paper.dispose();
  }
  if (kind === "csv") offer(`${spec.key}.csv`, csvOf(spec), "text/csv");
}

function csvOf(spec) {
  // A cell that a spreadsheet would take for a formula is made a text.
  const cell = (value) => {
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : `${value ?? ""}`;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const head = ["", ...spec.series.flatMap((one) => (one.low.length ? [one.name, `${one.name}, from`, `${one.name}, to`] : [one.name]))];
  const lines = spec.labels.map((label, at) => [label, ...spec.series.flatMap((one) => (one.low.length ? [one.values[at], one.low[at], one.high[at]] : [one.values[at]]))]);
  return [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

function offer(name, content, type) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  download(name, address);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function download(name, address) {
  const link = document.createElement("a");
  link.download = name;
  link.href = address;
  link.click();
}
