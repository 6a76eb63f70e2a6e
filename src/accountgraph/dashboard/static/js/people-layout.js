// Where people stand on the map. Pure: the same people and edges give the same places, in whatever order they come.
const SLICE = 12; // ms of work, after which the page may breathe
const WIDE = 128, HIGH = 78; // px that a node with its name below takes
const LETTER = 6.8; // px of a name
export const LONGEST = 24; // letters of a name that are shown
// px of the same in a box of their own: with name and title, with the name alone, on a phone; and what is kept free at the sides.
export const ROOM = { usual: { wide: 122, high: 64, side: 66 }, terse: { wide: 64, high: 52, side: 66 }, narrow: { wide: 84, high: 46, side: 46 } };
const LENGTH = { strong: 130, medium: 160, weak: 200 };
const INWARD = { "decision maker": 0.35, champion: 0.55, influencer: 0.75, blocker: 0.85, other: 1 };

// A number from 0 to 1 that belongs to a text: FNV-1a, mixed.
export function fraction(text, salt = 0) {
  let hash = (2166136261 ^ salt) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2246822519) >>> 0;
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296;
}

// Places by who knows whom: each begins where its id and its part put it, then edges pull and people keep apart.
export async function graphPlaces(nodes, edges) {
  const state = begin(nodes, edges);
  const rounds = nodes.length > 120 ? 90 : 260;
  let since = performance.now();
  for (let round = 0; round < rounds; round++) {
    move(state, 40 * (1 - round / rounds) + 0.5);
    if (performance.now() - since > SLICE) since = await breathe();
  }
  for (let round = 0; round < 90 && part(state); round++) {
    if (performance.now() - since > SLICE) since = await breathe();
  }
  return new Map(state.ids.map((id, at) => [id, { x: state.x[at], y: state.y[at] }]));
}

const breathe = () => new Promise((done) => setTimeout(() => done(performance.now())));

function begin(nodes, edges) {
  const sorted = [...nodes].sort((one, other) => (one.id < other.id ? -1 : 1));
  const ids = sorted.map((one) => one.id), places = new Map(ids.map((id, at) => [id, at]));
  const far = 70 * Math.sqrt(sorted.length);
  const x = new Float64Array(ids.length), y = new Float64Array(ids.length);
  for (const [at, one] of sorted.entries()) {
    const angle = 2 * Math.PI * fraction(one.id), radius = far * (INWARD[one.role] ?? 1) * (0.6 + 0.4 * fraction(one.id, 1));
    x[at] = 1.5 * radius * Math.cos(angle);
    y[at] = radius * Math.sin(angle);
  }
  const springs = edges
    .filter((edge) => places.has(edge.a) && places.has(edge.b))
    .map((edge) => [places.get(edge.a), places.get(edge.b), edge.isFaint ? 260 : LENGTH[edge.strength] ?? LENGTH.weak, edge.isFaint ? 0.008 : 0.08])
    .sort((one, other) => one[0] - other[0] || one[1] - other[1]);
  return { ids, x, y, springs, dx: new Float64Array(ids.length), dy: new Float64Array(ids.length), inward: sorted.map((one) => 1.4 - (INWARD[one.role] ?? 1)) };
}

function move(state, most) {
  const { x, y, dx, dy } = state, count = x.length;
  for (let at = 0; at < count; at++) {
    const pull = 0.012 + 0.03 * state.inward[at];
    dx[at] = -x[at] * pull;
    dy[at] = -y[at] * pull * 1.7; // wider than high, as the room for it is
  }
  for (let at = 0; at < count; at++) {
    for (let other = at + 1; other < count; other++) {
      const [ax, ay] = [x[at] - x[other], (y[at] - y[other]) * 1.4];
      const away = ax * ax + ay * ay + 1;
      if (away > 360_000) continue;
      const push = 9000 / away;
      dx[at] += ax * push / 6; dy[at] += ay * push / 6;
      dx[other] -= ax * push / 6; dy[other] -= ay * push / 6;
    }
  }
  for (const [one, other, length, force] of state.springs) {
    const [ax, ay] = [x[other] - x[one], y[other] - y[one]];
    const long = Math.hypot(ax, ay) + 0.01, pull = force * (long - length) / long;
    dx[one] += ax * pull; dy[one] += ay * pull;
    dx[other] -= ax * pull; dy[other] -= ay * pull;
  }
  for (let at = 0; at < count; at++) {
    const long = Math.hypot(dx[at], dy[at]), share = long > most ? most / long : 1;
    x[at] += dx[at] * share;
    y[at] += dy[at] * share;
  }
}

// Boxes that lie over each other are pushed apart along the shorter way. False once there are none. `widths`: of boxes of their own.
function part({ x, y, widths }, usual = WIDE, high = HIGH) {
  let moved = false;
  for (let at = 0; at < x.length; at++) {
    for (let other = at + 1; other < x.length; other++) {
      const wide = widths ? (widths[at] + widths[other]) / 2 : usual;
      const overX = wide - Math.abs(x[at] - x[other]), overY = high - Math.abs(y[at] - y[other]);
      if (overX <= 0 || overY <= 0) continue;
      moved = true;
      if (overX / wide < overY / high) {
        const step = (x[at] < x[other] ? -1 : 1) * (overX / 2 + 0.5);
        x[at] += step; x[other] -= step;
      } else {
        const step = (y[at] < y[other] ? -1 : 1) * (overY / 2 + 0.5);
        y[at] += step; y[other] -= step;
      }
    }
  }
  return moved;
}

// Places by who reports to whom: bosses above the middle of their people; who is in no line stands in rows below.
export function chartPlaces(nodes) {
  const there = new Set(nodes.map((one) => one.id)), below = new Map();
  for (const one of nodes) {
    const boss = there.has(one.boss) ? one.boss : null;
    below.set(boss, [...(below.get(boss) ?? []), one.id]);
  }
  const places = new Map();
  const tops = below.get(null) ?? [], leading = tops.filter((id) => below.has(id)), alone = tops.filter((id) => !below.has(id));
  let next = 0, deepest = -1;
  const place = (id, level) => {
    deepest = Math.max(deepest, level);
    const under = below.get(id) ?? [];
    for (const one of under) place(one, level + 1);
    const isLow = !under.length && next % 2 === 1; // every other name stands lower, so that both have room
    const x = under.length ? (places.get(under[0]).x + places.get(under.at(-1)).x) / 2 : (WIDE / 1.6) * next++;
    places.set(id, { x, y: level * 104 + (isLow ? 46 : 0) });
  };
  for (const id of leading) place(id, 0);
  const row = Math.max(next, Math.min(alone.length, Math.ceil(Math.sqrt(alone.length * 3))), 1);
  for (const [at, id] of alone.entries()) places.set(id, { x: (at % row) * WIDE, y: (deepest + 1 + Math.floor(at / row)) * 104 + (deepest >= 0 ? 40 : 0) });
  return places;
}

// The same places in a box of so many px, with room for the names.
export function fitted(places, width, height, most = 1.5) {
  if (!places.size) return places;
  const all = [...places.values()];
  const [left, right] = [Math.min(...all.map((one) => one.x)), Math.max(...all.map((one) => one.x))];
  const [top, bottom] = [Math.min(...all.map((one) => one.y)), Math.max(...all.map((one) => one.y))];
  const room = { x: 68, top: 34, bottom: 54 };
  const across = Math.min((width - 2 * room.x) / (right - left || 1), most), down = Math.min((height - room.top - room.bottom) / (bottom - top || 1), most);
  const centre = { x: width / 2, y: room.top + (height - room.top - room.bottom) / 2 };
  return new Map([...places].map(([id, one]) => [id, {
    x: centre.x + (one.x - (left + right) / 2) * across,
    y: centre.y + (one.y - (top + bottom) / 2) * down,
  }]));
}

// The same places, moved apart within the box until no name lies over another, as far as there is room. For few. `names`: by id.
export function settled(places, width, height, { wide, high, side }, names) {
  const sorted = [...places].sort(([one], [other]) => (one < other ? -1 : 1));
  const widths = Float64Array.from(sorted, ([id]) => Math.max(wide, LETTER * Math.min(names.get(id).length, LONGEST) + 10));
  const state = { x: Float64Array.from(sorted, ([, one]) => one.x), y: Float64Array.from(sorted, ([, one]) => one.y), widths };
  for (let round = 0; round < 200 && part(state, wide, high); round++) {
    for (let at = 0; at < sorted.length; at++) {
      state.x[at] = Math.min(Math.max(state.x[at], side), width - side);
      state.y[at] = Math.min(Math.max(state.y[at], 30), height - 50);
    }
  }
  return new Map(sorted.map(([id], at) => [id, { x: state.x[at], y: state.y[at] }]));
}
