// Draws a chart from the numbers that stand beside it, in our colours, light and dark; saves it as PNG, SVG and CSV.
import * as echarts from "../vendor/echarts.js";

const drawn = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-look"] });
const sizes = new ResizeObserver((entries) => { for (const { target } of entries) drawn.get(target)?.chart.resize(); });

export function start(element) {
  const spec = JSON.parse(element.dataset.chart);
  const chart = echarts.init(element, null, { renderer: "canvas" });
  drawn.set(element, { chart, spec });
  chart.setOption(optionOf(spec, colours()));
  chart.on("click", ({ dataIndex }) => { if (spec.links[dataIndex]) location.assign(spec.links[dataIndex]); });
  sizes.observe(element);
  const files = element.closest("figure").querySelector(".chart-files");
  if (files) {
    files.hidden = false;
    files.addEventListener("click", (event) => save(event.target.dataset.save, element, chart, spec));
  }
  document.addEventListener("htmx:beforeCleanupElement", (event) => { if (event.target === element) forget(element); });
}

function forget(element) {
  sizes.unobserve(element);
  drawn.get(element)?.chart.dispose();
  drawn.delete(element);
}

function redraw() {
  for (const { chart, spec } of drawn.values()) chart.setOption(optionOf(spec, colours()), true);
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

function optionOf(spec, colour) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    backgroundColor: "transparent",
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour.ink, fontSize: 12 },
    aria: { enabled: false },
    tooltip: tooltipOf(spec, colour),
    ...(spec.kind === "heat" ? heat(spec, colour) : spec.kind === "row" || spec.kind === "interval" ? rows(spec, colour) : columns(spec, colour)),
  };
}

function tooltipOf(spec, colour) {
  const base = { renderMode: "richText", backgroundColor: colour.card, borderColor: colour.line, textStyle: { color: colour.ink, fontSize: 12 }, confine: true };
  if (spec.kind === "heat") return { ...base, formatter: ({ data }) => `${spec.series[data[1]].name}, ${spec.labels[data[0]]}: ${text(data[2], spec.unit)}${interval(spec.series[data[1]], data[0], spec.unit)}` };
  return {
    ...base,
    trigger: "axis",
    axisPointer: { type: spec.kind === "line" || spec.kind === "area" ? "line" : "shadow", lineStyle: { color: colour.line }, shadowStyle: { color: colour["none-wash"], opacity: 0.5 } },
    formatter: ([{ dataIndex }]) => [spec.labels[dataIndex], ...spec.series.map((one) => `${one.name}: ${text(one.values[dataIndex], spec.unit)}${interval(one, dataIndex, spec.unit)}`)].join("\n"),
  };
}

function interval(series, at, unit) {
  return series.low[at] === undefined || series.low[at] === null ? "" : ` (${text(series.low[at], unit)} to ${text(series.high[at], unit)})`;
}

const valueAxis = (spec, colour) => ({
  type: "value",
  ...(spec.unit === "%" ? {} : { minInterval: 1 }),
  axisLabel: { color: colour.quiet, formatter: (value) => (spec.unit === "%" ? `${Math.round(value * 1000) / 10} %` : value.toLocaleString("en")) },
  splitLine: { lineStyle: { color: colour.line } },
});

const labelAxis = (spec, colour) => ({
  type: "category",
  data: spec.labels,
  axisLabel: { color: colour.quiet, hideOverlap: true },
  axisLine: { lineStyle: { color: colour.line } },
  axisTick: { show: false },
});

// Names stand at the end of a line where there are few, above where there are many or none has an end.
function legend(spec, colour) {
  return spec.series.length < 2 || isLabelledDirectly(spec) ? { show: false } : { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: colour.quiet } };
}

const isLabelledDirectly = (spec) => (spec.kind === "line" || spec.kind === "area") && spec.series.length > 1 && spec.series.length < 5;

function columns(spec, colour) {
  const isLine = spec.kind === "line" || spec.kind === "area";
  const hasLegend = spec.series.length > 1 && !isLabelledDirectly(spec);
  const longest = Math.max(...spec.series.map((one) => one.name.length));
  return {
    legend: legend(spec, colour),
    grid: { top: hasLegend ? 36 : 16, left: 8, right: isLabelledDirectly(spec) ? 16 + longest * 7 : 16, bottom: 8, containLabel: true },
    xAxis: { ...labelAxis(spec, colour), boundaryGap: !isLine },
    yAxis: valueAxis(spec, colour),
    series: spec.series.flatMap((one) => [
      ...(one.low.length ? band(one, colour) : []),
      {
        name: one.name,
        type: isLine ? "line" : "bar",
        data: one.values,
        ...(spec.kind === "stacked" ? { stack: "all" } : {}),
        ...(isLine ? { symbol: "circle", symbolSize: 5, showSymbol: spec.labels.length < 32, lineStyle: { width: 2 } } : { barMaxWidth: 32, itemStyle: { borderRadius: spec.kind === "stacked" ? 0 : [3, 3, 0, 0] } }),
        ...(spec.kind === "area" ? { areaStyle: { opacity: 0.12 } } : {}),
        ...(isLabelledDirectly(spec) ? { endLabel: { show: true, formatter: "{a}", color: colour[one.role] }, labelLayout: { moveOverlap: "shiftY" } } : {}),
        color: colour[one.role],
      },
    ]),
  };
}

function band(one, colour) {
  const common = { type: "line", symbol: "none", silent: true, lineStyle: { opacity: 0 }, stack: `band ${one.name}`, color: colour[one.role], tooltip: { show: false } };
  return [
    { ...common, data: one.low },
    { ...common, data: one.high.map((high, at) => (high === null ? null : high - one.low[at])), areaStyle: { opacity: 0.15, color: colour[one.role] } },
  ];
}

function rows(spec, colour) {
  return {
    legend: legend(spec, colour),
    grid: { top: spec.series.length > 1 ? 36 : 8, left: 8, right: 56, bottom: 8, containLabel: true },
    xAxis: valueAxis(spec, colour),
    yAxis: { ...labelAxis(spec, colour), inverse: true, axisLabel: { color: colour.ink, width: 160, overflow: "truncate" } },
    series: spec.series.flatMap((one) => (spec.kind === "row" ? [bar(one, spec, colour)] : [whisker(one, colour), dot(one, spec, colour)])),
  };
}

const bar = (one, spec, colour) => ({
  name: one.name, type: "bar", data: one.values, barMaxWidth: 20, color: colour[one.role], itemStyle: { borderRadius: [0, 3, 3, 0] },
  label: { show: true, position: "right", color: colour.quiet, formatter: ({ value }) => text(value, spec.unit) },
});

const dot = (one, spec, colour) => ({
  name: one.name, type: "scatter", data: one.values.map((value, at) => [value, at]), symbolSize: 10, color: colour[one.role],
  label: { show: true, position: "top", color: colour.quiet, formatter: ({ value }) => text(value[0], spec.unit) },
});

const whisker = (one, colour) => ({
  name: one.name, type: "custom", silent: true, data: one.values.map((_, at) => [one.low[at], one.high[at], at]), tooltip: { show: false },
  renderItem: (_, api) => {
    const [from, to] = [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])];
    return { type: "line", shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: colour[one.role], lineWidth: 3, opacity: 0.4, lineCap: "round" } };
  },
});

function heat(spec, colour) {
  const cells = spec.series.flatMap((one, row) => one.values.map((value, at) => [at, row, value]));
  const known = cells.map((cell) => cell[2]).filter((value) => value !== null);
  return {
    grid: { top: 8, left: 8, right: 16, bottom: 56, containLabel: true },
    xAxis: { ...labelAxis(spec, colour), splitArea: { show: false } },
    yAxis: { type: "category", inverse: true, data: spec.series.map((one) => one.name), axisLabel: { color: colour.ink }, axisLine: { show: false }, axisTick: { show: false } },
    visualMap: {
      min: Math.min(0, ...known), max: Math.max(...known, 0.0001), orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, itemWidth: 10,
      textStyle: { color: colour.quiet }, formatter: (value) => text(value, spec.unit), inRange: { color: [colour["none-wash"], colour.data] },
    },
    series: [{ type: "heatmap", data: cells.map((cell) => (cell[2] === null ? [cell[0], cell[1], "-"] : cell)), itemStyle: { borderColor: colour.card, borderWidth: 2, borderRadius: 3 } }],
  };
}

function save(kind, element, chart, spec) {
  if (kind === "png") download(`${spec.key}.png`, chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colours().card }));
  if (kind === "svg") {
    const paper = echarts.init(null, null, { renderer: "svg", ssr: true, width: element.clientWidth, height: element.clientHeight });
    paper.setOption({ ...optionOf(spec, colours()), animation: false, backgroundColor: colours().card });
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
