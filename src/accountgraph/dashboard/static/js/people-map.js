// The map of an account's people: by who knows whom, or by who reports to whom. A click opens somebody beside it, pointing at somebody
// shows the way to them. Departments stand for their people where there are many, and open by a click.
import * as echarts from "../vendor/echarts.js";
import { colours } from "./charts.js";
import { LONGEST, ROOM, chartPlaces, fitted, graphPlaces, settled } from "./people-layout.js";

const MANY = 60; // people that are shown one by one
const FEW = 40, FEW_NARROW = 14; // nodes whose names all find room
const NAMED = 120; // nodes that have their names beside them; the others say theirs when one points at them
const LEADING = 15; // who decide, that are shown beside departments
const NARROW = 480; // px of a map in which names alone have room
const TITLED = 24; // nodes whose titles find room below their names
const WAIT = 140; // ms that one has to point at somebody
const WIDTHS = { strong: 3.5, medium: 2, weak: 1 };
const DISC = "M14,50a36,36 0 1,0 72,0a36,36 0 1,0 -72,0Z";
const RING = `path://${DISC}M0,50a50,50 0 1,0 100,0a50,50 0 1,0 -100,0ZM6,50a44,44 0 1,1 88,0a44,44 0 1,1 -88,0Z`;
const AROUND = 50 / 36; // of a ring to its disc

export function start(element) {
  const map = new PeopleMap(element);
  element.map = map;
  map.draw().then(() => { element.dataset.drawn = "yes"; });
}

class PeopleMap {
  constructor(element) {
    this.element = element;
    this.given = JSON.parse(element.dataset.map);
    this.layout = element.dataset.layout;
    this.open = new Set();
    this.ways = new Map();
    this.zoom = 1;
    this.says = document.getElementById("map-says");
    this.usual = this.says.textContent;
    this.chart = echarts.init(element, null, { renderer: "canvas" });
    this.listen();
  }

  listen() {
    this.chart.on("click", ({ dataType, name }) => { if (dataType === "node") this.click(name); });
    this.chart.on("mouseover", ({ dataType, name }) => { if (dataType === "node") this.point(name); });
    this.chart.on("mouseout", () => this.leave());
    const card = this.element.closest("section"), off = new AbortController(), till = { signal: off.signal };
    card.addEventListener("click", (event) => this.press(event), till);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), till);
    this.sizes = new ResizeObserver(() => {
      if (this.element.clientWidth === this.chart.getWidth() && this.element.clientHeight === this.chart.getHeight()) return;
      this.chart.resize();
      if (this.places) this.paint();
    });
    this.sizes.observe(this.element);
    document.addEventListener("htmx:beforeCleanupElement", (event) => {
      if (event.target !== this.element) return;
      off.abort();
      this.sizes.disconnect();
      this.chart.dispose();
    }, till);
    for (const one of card.querySelectorAll("[data-zoom]")) one.hidden = false;
  }

  // What is shown: people, and groups that stand for theirs where there are many.
  nodes() {
    const people = this.given.people;
    if (people.length <= MANY) return people;
    return this.layout === "org" ? this.ofChart(people) : this.ofDepartments(people);
  }

  // Who decides stands for himself, the others are in their departments.
  ofDepartments(people) {
    const leading = people.filter((one) => one.role === "decision maker" || one.role === "champion");
    const alone = new Set(leading.length <= LEADING ? leading.map((one) => one.id) : []);
    const shown = [], groups = new Map();
    for (const one of people) {
      const group = one.group || "Without a department";
      if (alone.has(one.id) || this.open.has(group)) { shown.push(one); continue; }
      groups.set(group, [...(groups.get(group) ?? []), one]);
    }
    return [...shown, ...[...groups].map(([group, inside]) => groupOf(group, inside, null))];
  }

  // From the top, as far as there is room; who has more people below shows how many.
  ofChart(people) {
    const below = new Map();
    for (const one of people) below.set(one.boss, [...(below.get(one.boss) ?? []), one]);
    const tops = below.get(null) ?? [], alone = tops.filter((one) => !below.has(one.id));
    const shown = tops.filter((one) => below.has(one.id)), groups = [];
    for (let at = 0; at < shown.length; at++) {
      const under = below.get(shown[at].id) ?? [], name = `below ${shown[at].id}`;
      if (!under.length) continue;
      if (this.open.has(name) || shown.length + under.length <= FEW) shown.push(...under);
      else groups.push({ ...groupOf(name, under, shown[at].id), title: "more" });
    }
    if (alone.length <= LEADING || this.open.has("alone")) shown.push(...alone);
    else groups.push({ ...groupOf("alone", alone, null), title: "Not in the chart" });
    return [...shown, ...groups];
  }

  edges(nodes) {
    const stands = new Map(nodes.flatMap((one) => (one.inside ? one.inside.map((person) => [person.id, one.id]) : [[one.id, one.id]])));
    if (this.layout === "org") return nodes.filter((one) => stands.has(one.boss)).map((one) => ({ a: one.boss, b: one.id, strength: "medium", sure: true }));
    const found = new Map(), groups = new Set(nodes.filter((one) => one.inside).map((one) => one.id));
    for (const edge of this.given.edges) {
      const [a, b] = [stands.get(edge.a), stands.get(edge.b)];
      if (a === b) continue;
      const key = a < b ? `${a} ${b}` : `${b} ${a}`, known = found.get(key);
      const isFaint = groups.has(a) || groups.has(b);
      if (!known) found.set(key, { ...edge, a, b, isFaint, count: 1 });
      else known.count++;
    }
    return [...found.values()];
  }

  async draw() {
    this.shown = this.nodes();
    this.lines = this.edges(this.shown);
    this.places = this.layout === "org" ? chartPlaces(this.shown) : await graphPlaces(this.shown, this.lines);
    this.paint();
  }

  paint() {
    const colour = colours(), width = this.element.clientWidth, height = this.element.clientHeight;
    const inBox = fitted(this.places, width, height);
    const places = this.layout === "graph" && this.isFew() ? settled(inBox, width, height, this.room(), new Map(this.shown.map((one) => [one.id, nameOf(one)]))) : inBox;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches || this.shown.length > 100;
    const withNames = this.withNames();
    const corners = [["a corner", 0, 0], ["the other corner", width, height]].map(([name, x, y]) => ({ name, x, y, symbolSize: 0, label: { show: false }, silent: true, tooltip: { show: false } }));
    this.chart.setOption({
      animation: !still, animationDuration: 250, animationDurationUpdate: 350,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      aria: { enabled: false },
      series: [{
        type: "graph", layout: "none", left: 0, top: 0, width, height, zoom: this.zoom, roam: this.zoom > 1 ? "move" : false, cursor: "default",
        data: [...this.shown.map((one) => this.node(one, places.get(one.id), colour, withNames.has(one.id))), ...corners],
        links: this.lines.map((edge) => line(edge, colour)),
        labelLayout: { hideOverlap: !this.isFew() || this.layout === "org" },
        emphasis: { scale: 1.08, label: { show: true }, lineStyle: { width: 4, opacity: 1, color: colour.good }, itemStyle: { borderColor: colour.ink, borderWidth: 2 } },
      }],
    });
  }

  // What a node with its name takes, as of `settled`.
  room() {
    if (this.isNarrow()) return ROOM.narrow;
    return this.isTerse() ? ROOM.terse : ROOM.usual;
  }

  isNarrow() {
    return this.element.clientWidth < NARROW;
  }

  isFew() {
    return this.shown.length <= (this.isNarrow() ? FEW_NARROW : FEW);
  }

  isTerse() {
    return this.isNarrow() || this.shown.length > TITLED;
  }

  // Whose names are shown: everybody's, or of many those who decide and are engaged most.
  withNames() {
    const weight = (one) => (one.inside ? 1000 : one.role === "other" ? 0 : 200) + one.score;
    const shown = this.shown.length > NAMED ? [...this.shown].sort((one, other) => weight(other) - weight(one)).slice(0, NAMED) : this.shown;
    return new Set(shown.map((one) => one.id));
  }

  node(one, place, colour, isNamed) {
    const isGroup = Boolean(one.inside), isTerse = this.isTerse(), [least, more] = this.isFew() ? [14, isTerse ? 2 : 3] : [10, 1.6];
    const size = isGroup ? 20 + 2.5 * Math.sqrt(one.inside.length) : least + more * Math.sqrt(one.score);
    const title = isGroup || isTerse ? null : one.title;
    const halo = !this.isFew() ? { textBorderColor: colour.card, textBorderWidth: 4 } : {};
    return {
      name: one.id, x: place.x, y: place.y, cursor: "pointer",
      symbol: isGroup ? "roundRect" : one.reached ? RING : "circle",
      symbolSize: !isGroup && one.reached ? size * AROUND : size,
      itemStyle: isGroup ? { color: colour["none-wash"], borderColor: colour.quiet, borderWidth: 1 } : { color: colour[this.given.roles[one.role]] },
      label: {
        show: isNamed, position: "bottom", distance: 5, color: colour.ink, fontSize: 12, lineHeight: 15, align: "center",
        backgroundColor: this.isFew() ? colour.card : "transparent", padding: [0, 3], borderRadius: 3,
        rich: { name: { fontWeight: 550, fontSize: 12, lineHeight: 16, color: colour.ink, ...halo }, title: { fontSize: 11, lineHeight: 14, color: colour.quiet, ...halo } },
        formatter: () => `{name|${plain(nameOf(one))}}${title ? `\n{title|${plain(title)}}` : ""}`,
      },
    };
  }

  click(id) {
    const one = this.shown.find((node) => node.id === id);
    if (one?.inside) {
      this.open.add(one.group);
      this.draw();
    } else if (one) {
      window.htmx.ajax("GET", `${this.given.base}/${id}`, { target: "#beside", select: "#beside", swap: "outerHTML" });
    }
  }

  point(id) {
    clearTimeout(this.timer);
    if (!this.shown.some((one) => one.id === id && !one.inside)) return;
    this.timer = setTimeout(() => this.showWay(id), WAIT);
  }

  async showWay(id) {
    if (!this.ways.has(id)) {
      const answer = await fetch(`${this.given.base}/${id}/way`);
      if (!answer.ok || answer.redirected) return;
      this.ways.set(id, await answer.json());
    }
    const way = this.ways.get(id);
    this.says.textContent = way.words ?? "Nobody who is in touch with us is known to know them.";
    const at = way.people.map((one) => this.shown.findIndex((node) => node.id === one));
    const steps = way.people.slice(1).map((one, place) => this.lines.findIndex((edge) => [edge.a, edge.b].includes(one) && [edge.a, edge.b].includes(way.people[place])));
    this.mark("highlight", at.filter((place) => place >= 0), "node");
    this.mark("highlight", steps.filter((place) => place >= 0), "edge");
  }

  leave() {
    clearTimeout(this.timer);
    this.says.textContent = this.usual;
    this.chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
  }

  mark(type, dataIndex, dataType) {
    if (dataIndex.length) this.chart.dispatchAction({ type, seriesIndex: 0, dataIndex, dataType });
  }

  // Links and buttons of the map's card: the other layout, closer and further.
  press(event) {
    const link = event.target.closest("[data-layout-link]"), zoom = event.target.closest("[data-zoom]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      history.replaceState(history.state, "", link.href);
      this.layout = link.dataset.layoutLink;
      for (const one of link.parentElement.children) one === link ? one.setAttribute("aria-current", "true") : one.removeAttribute("aria-current");
      this.draw();
    }
    if (zoom) {
      this.zoom = Math.min(Math.max(this.zoom * (zoom.dataset.zoom === "closer" ? 1.4 : 1 / 1.4), 1), 6);
      this.chart.setOption({ series: [{ zoom: this.zoom, roam: this.zoom > 1 ? "move" : false }] });
    }
  }
}

const nameOf = (one) => (one.inside ? `${one.title ?? one.group} · ${one.inside.length}` : one.name);

const groupOf = (group, inside, boss) => ({ id: `group ${group}`, group, role: "other", inside, score: 0, boss });

function line(edge, colour) {
  return {
    source: edge.a, target: edge.b, cursor: "default", silent: true,
    lineStyle: { color: colour.quiet, opacity: edge.isFaint ? 0.16 : 0.45, width: edge.isFaint ? Math.min(1 + Math.log2(edge.count), 4) : WIDTHS[edge.strength], type: edge.sure ? "solid" : "dashed", curveness: 0 },
  };
}

// A text that the canvas takes as it is, and no longer than there is room.
function plain(text) {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return short.replaceAll("{", "｛").replaceAll("}", "｝").replaceAll("\n", " ");
}
