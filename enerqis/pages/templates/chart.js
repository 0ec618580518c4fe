// Charts over time: panels that share one axis, one cross-hair and one zoom. SVG, no library.
const SECONDS = { hour: 3600, day: 86400, month: 2629800, year: 31557600 };
const svgSpace = (() => {
  const holder = document.createElement("template");
  holder.innerHTML = "<svg></svg>";
  return holder.content.firstChild.namespaceURI;
})();

const draw = (parent, name, attributes = {}) => {
  const node = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent.appendChild(node);
  return node;
};
const make = (parent, name, className = "", text = "") => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== "") node.textContent = text;
  parent.appendChild(node);
  return node;
};
const running = (steps) => { let sum = 0; return steps.map((step) => (sum += step)); };

const format = {
  number: (value, digits = 2) => value === null || value === undefined ? "–"
    : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−").replace(/^−(0(\.0+)?)$/, "$1"),
  amount: (value) => format.number(value, value !== null && Math.abs(value) >= 1000 ? 0 : 2),
  percent: (value) => value === null || value === undefined ? "–" : `${format.number(100 * value, 1)}\u202f%`,
  price: (value) => value === null || value === undefined ? "–"
    : value === 0 ? "0.00" : format.number(value, Math.min(8, Math.max(2, 4 - Math.floor(Math.log10(Math.abs(value)))))),
  day: (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10),
  minute: (seconds) => new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " "),
};

/** Round values between two bounds, about `count` of them. */
const niceTicks = (low, high, count) => {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) ticks.push(i * step + 0);
  return ticks;
};

/** Round values on a logarithmic axis. */
const logTicks = (low, high) => {
  for (const steps of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]]) {
    const ticks = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= low && value <= high) ticks.push(value);
      }
    }
    if (ticks.length >= 4) return ticks;
  }
  return niceTicks(low, high, 4).filter((value) => value > 0);
};

/** First instants of hours, days, months or years between two bounds, with their names. */
const timeTicks = (from, to, count) => {
  const rough = (to - from) / count;
  const ticks = [];
  if (rough > SECONDS.day * 20) {
    const months = [1, 2, 3, 6, 12, 24, 60, 120].find((each) => each * SECONDS.month >= rough) || 240;
    const start = new Date(from * 1000);
    let month = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
    for (;; month += months) {
      const at = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
      if (at > to) break;
      const name = months >= 12 || month % 12 === 0 ? String(Math.floor(month / 12)) : format.day(at).slice(0, 7);
      if (at >= from) ticks.push([at, name]);
    }
    return ticks;
  }
  const step = [900, 3600, 3 * 3600, 6 * 3600, 12 * 3600, SECONDS.day, 2 * SECONDS.day, 5 * SECONDS.day, 10 * SECONDS.day, 20 * SECONDS.day]
    .find((each) => each >= rough) || 20 * SECONDS.day;
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    ticks.push([at, step >= SECONDS.day || at % SECONDS.day === 0 ? format.day(at).slice(5) : format.minute(at).slice(11)]);
  }
  return ticks;
};

/** Index of the last instant at or before `at`; 0 before the first. */
const lastAtOrBefore = (times, at) => {
  let low = 0, high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= at) low = middle; else high = middle - 1;
  }
  return low;
};

/**
 * Panels over one axis of time.
 * A panel: { title, height, format, series: [{ name, values, upper, className, area, step }], fills, log, low, high }.
 * A series with `upper` is a band from `values` to it.
 */
class Stack {
  constructor(root, { times, panels, daily, controls }) {
    Object.assign(this, { root, times, panels, daily });
    this.when = daily ? format.day : format.minute;
    this.whole = [times[0], times[times.length - 1]];
    if (this.whole[0] === this.whole[1]) this.whole = [this.whole[0] - SECONDS.day, this.whole[1] + SECONDS.day];
    this.view = [...this.whole];
    this.at = null;
    this.root.replaceChildren();
    this.root.tabIndex = 0;
    for (const panel of panels) this.prepare(panel);
    this.buttons(controls);
    this.root.onkeydown = (event) => this.key(event);
    this.root.onblur = () => this.hover(null);
    this.width = 0;
    this.watch = new ResizeObserver(() => { if (this.root.clientWidth !== this.width) this.paint(); });
    this.watch.observe(this.root);
    this.paint();
  }

  close() { this.watch.disconnect(); }

  prepare(panel) {
    panel.node = make(this.root, "div", "panel");
    panel.legend = make(panel.node, "div", "legend");
    make(panel.legend, "span", "title", panel.title);
    panel.readouts = panel.series.map((series) => {
      const name = make(panel.legend, "span", `name ${series.className}`, panel.series.length > 1 || series.name !== panel.title ? `${series.name} ` : "");
      return make(name, "b");
    });
    if (panel.fills) {
      make(panel.legend, "span", "name fills bought", "bought");
      make(panel.legend, "span", "name fills sold", "sold");
      panel.fillText = make(panel.legend, "span", "name-less soft");
    }
    panel.when = make(panel.legend, "span", "when");
    panel.svg = draw(panel.node, "svg", { role: "img" });
    this.pointer(panel);
  }

  buttons(controls) {
    if (!controls) return;
    const group = make(controls, "span", "group");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Period shown");
    const total = this.whole[1] - this.whole[0];
    const spans = [["All", Infinity], ["5 y", 5 * SECONDS.year], ["1 y", SECONDS.year], ["3 m", 3 * SECONDS.month], ["1 m", SECONDS.month], ["1 w", 7 * SECONDS.day]];
    this.spanButtons = spans.filter(([name, span]) => name === "All" || (span < total * 0.9 && span > total / 200)).map(([name, span]) => {
      const button = make(group, "button", "", name);
      button.type = "button";
      button.onclick = () => {
        const end = span === Infinity || this.view[1] >= this.whole[1] ? this.whole[1] : this.view[1];
        this.look(span === Infinity ? this.whole[0] : Math.max(this.whole[0], end - span), end);
      };
      return [button, span];
    });
  }

  /** Show the period from one instant to another. */
  look(from, to) {
    this.view = [Math.max(this.whole[0], from), Math.min(this.whole[1], to)];
    if (this.view[1] - this.view[0] < (this.daily ? SECONDS.day * 2 : 120)) return this.look(from - SECONDS.day, to + SECONDS.day);
    return this.paint();
  }

  key(event) {
    const [from, to] = this.view;
    const span = to - from;
    const index = this.at === null ? lastAtOrBefore(this.times, to) : this.at;
    const moves = {
      ArrowLeft: () => this.hover(Math.max(0, index - 1)), ArrowRight: () => this.hover(Math.min(this.times.length - 1, index + 1)),
      Home: () => this.hover(lastAtOrBefore(this.times, from)), End: () => this.hover(lastAtOrBefore(this.times, to)),
      "+": () => this.look(from + span / 4, to - span / 4), "-": () => this.look(from - span / 2, to + span / 2),
      Escape: () => { this.hover(null); this.look(...this.whole); },
    };
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  }

  pointer(panel) {
    const instant = (event) => {
      const box = panel.svg.getBoundingClientRect();
      const x = (event.clientX - box.left - this.left) / Math.max(1, box.width - this.left - this.right);
      return this.view[0] + Math.min(1, Math.max(0, x)) * (this.view[1] - this.view[0]);
    };
    let start = null;
    panel.svg.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      start = [event.clientX, instant(event)];
      panel.svg.setPointerCapture(event.pointerId);
    });
    panel.svg.addEventListener("pointermove", (event) => {
      this.hover(this.nearest(instant(event)));
      if (start) this.band(start[1], instant(event));
    });
    panel.svg.addEventListener("pointerup", (event) => {
      if (start && Math.abs(event.clientX - start[0]) > 6) {
        const ends = [start[1], instant(event)].sort((a, b) => a - b);
        this.look(...ends);
      }
      start = null;
      this.band(null);
    });
    panel.svg.addEventListener("pointercancel", () => { start = null; this.band(null); });
    panel.svg.addEventListener("pointerleave", () => { if (!start) this.hover(null); });
    panel.svg.addEventListener("dblclick", () => this.look(...this.whole));
  }

  nearest(at) {
    const index = lastAtOrBefore(this.times, at);
    const next = Math.min(index + 1, this.times.length - 1);
    return this.times[next] - at < at - this.times[index] ? next : index;
  }

  x(at) { return this.left + ((at - this.view[0]) / (this.view[1] - this.view[0])) * (this.width - this.left - this.right); }

  paint() {
    this.width = this.root.clientWidth || 800;
    this.left = 4;
    this.right = this.width < 500 ? 52 : 64;
    this.first = Math.max(0, lastAtOrBefore(this.times, this.view[0]));
    this.last = Math.min(this.times.length - 1, lastAtOrBefore(this.times, this.view[1]) + 1);
    this.panels.forEach((panel, i) => this.paintPanel(panel, i === this.panels.length - 1));
    for (const [button, span] of this.spanButtons || []) {
      const shown = this.view[1] - this.view[0];
      button.setAttribute("aria-pressed", String(span === Infinity ? shown === this.whole[1] - this.whole[0] : Math.abs(shown - span) < 1));
    }
    this.hover(this.at);
  }

  paintPanel(panel, isLast) {
    const { svg } = panel;
    const height = this.width < 500 ? Math.round(panel.height * 0.8) : panel.height;
    const foot = isLast ? 20 : 4;
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${this.width} ${height + foot}`);
    const [low, high, scale] = this.range(panel);
    const top = 6;
    panel.y = (value) => top + (1 - (scale(value) - scale(low)) / (scale(high) - scale(low))) * (height - top - 2);
    const ticks = scale === Math.log ? logTicks(low, high) : niceTicks(low, high, Math.max(3, Math.round(height / 48)));
    for (const value of ticks) {
      const y = panel.y(value);
      draw(svg, "line", { class: value === 0 ? "base" : "grid", x1: this.left, x2: this.width - this.right, y1: y, y2: y });
      draw(svg, "text", { x: this.width - this.right + 8, y: y + 4 }).textContent = panel.tick(value);
    }
    if (isLast) this.paintTimes(svg, height);
    // a nested svg clips what is outside of it
    const inside = draw(svg, "svg", { x: this.left, y: 0, width: Math.max(1, this.width - this.left - this.right), height: height + 2, viewBox: `${this.left} 0 ${Math.max(1, this.width - this.left - this.right)} ${height + 2}` });
    for (const series of panel.series.toReversed()) this.paintSeries(inside, panel, series, low);
    if (panel.fills) this.paintFills(inside, panel);
    panel.bandNode = draw(svg, "rect", { class: "band", y: top, height: height - top, visibility: "hidden" });
    panel.hair = draw(svg, "line", { class: "hair", y1: top, y2: height, visibility: "hidden" });
    panel.dots = panel.series.map((series) => draw(svg, "circle", { class: `dot ${series.className}`, r: 3.5, visibility: "hidden" }));
    svg.setAttribute("aria-label", this.describe(panel));
  }

  paintTimes(svg, height) {
    for (const [at, name] of timeTicks(this.view[0], this.view[1], Math.max(2, Math.floor(this.width / 95)))) {
      const x = this.x(at);
      if (x < this.left + 12 || x > this.width - this.right - 4) continue;
      draw(svg, "line", { class: "base", x1: x, x2: x, y1: height, y2: height + 4 });
      draw(svg, "text", { x, y: height + 16, "text-anchor": "middle" }).textContent = name;
    }
  }

  range(panel) {
    let low = Infinity, high = -Infinity;
    for (const values of panel.series.flatMap((series) => (series.upper ? [series.values, series.upper] : [series.values]))) {
      for (let i = this.first; i <= this.last; i += 1) {
        if (values[i] === null) continue;
        if (values[i] < low) low = values[i];
        if (values[i] > high) high = values[i];
      }
    }
    if (low > high) [low, high] = [0, 1];
    if (panel.low !== undefined) low = Math.min(low, panel.low);
    if (panel.high !== undefined) high = Math.max(high, panel.high);
    const isLog = panel.log && low > 0;
    if (isLog) return low === high ? [low * 0.9, high * 1.1, Math.log] : [low * (low / high) ** 0.03, high * (high / low) ** 0.03, Math.log];
    const pad = (high - low || Math.abs(high) || 1) * 0.04;
    return [panel.low === low ? low : low - pad, panel.high === high && panel.high === 0 ? high : high + pad, (value) => value];
  }

  paintBand(svg, panel, series) {
    let over = "", under = "";
    for (let i = this.first; i <= this.last; i += 1) {
      if (series.values[i] === null) continue;
      const x = this.x(this.times[i]).toFixed(1);
      over += `${over ? "L" : "M"}${x} ${panel.y(series.upper[i]).toFixed(1)}`;
      under = `L${x} ${panel.y(series.values[i]).toFixed(1)}${under}`;
    }
    draw(svg, "path", { class: `between ${series.className}`, d: over ? `${over}${under}Z` : "" });
  }

  paintSeries(svg, panel, series, low) {
    if (series.upper) { this.paintBand(svg, panel, series); return; }
    let path = "", area = "", pen = false, previous = 0;
    const base = panel.y(Math.max(low, 0) === low ? low : 0).toFixed(1);
    let begun = 0;
    for (let i = this.first; i <= this.last; i += 1) {
      const value = series.values[i];
      if (value === null) { if (pen) area += `V${base}H${begun}Z`; pen = false; continue; }
      const x = this.x(this.times[i]).toFixed(1), y = panel.y(value).toFixed(1);
      path += pen ? (series.step ? `V${previous}H${x}V${y}` : `L${x} ${y}`) : `M${x} ${y}`;
      area += pen ? (series.step ? `H${x}V${y}` : `L${x} ${y}`) : `M${x} ${base}V${y}`;
      if (!pen) begun = x;
      pen = true;
      previous = y;
    }
    if (pen) area += `V${base}H${begun}Z`;
    if (series.area) draw(svg, "path", { class: `under ${series.className}`, d: area });
    draw(svg, "path", { class: `curve ${series.className}`, d: path });
  }

  paintFills(svg, panel) {
    const { fills } = panel;
    const from = this.view[0], to = this.view[1];
    const count = fills.t.filter((at) => at >= from && at <= to).length;
    const size = count > 400 ? 2.2 : count > 120 ? 3.2 : 4.6;
    for (let i = 0; i < fills.t.length; i += 1) {
      if (fills.t[i] < from || fills.t[i] > to) continue;
      const x = this.x(fills.t[i]), y = panel.y(fills.price[i]);
      const up = fills.units[i] > 0 ? 1 : -1;
      const point = (dx, dy) => `${(x + dx).toFixed(1)} ${(y + up * (3 + dy)).toFixed(1)}`;
      draw(svg, "path", { class: `fill ${up > 0 ? "bought" : "sold"}`, d: `M${point(0, 0)}L${point(size, size * 1.7)}L${point(-size, size * 1.7)}Z` });
    }
  }

  describe(panel) {
    const from = this.when(this.times[this.first]), to = this.when(this.times[this.last]);
    const parts = panel.series.map((series) => {
      const shown = series.values.slice(this.first, this.last + 1).filter((value) => value !== null);
      if (!shown.length) return `${series.name}: no value`;
      const low = shown.reduce((a, b) => Math.min(a, b)), high = shown.reduce((a, b) => Math.max(a, b));
      return `${series.name} from ${panel.format(shown[0])} to ${panel.format(shown[shown.length - 1])}, lowest ${panel.format(low)}, highest ${panel.format(high)}`;
    });
    return `${panel.title}, ${from} to ${to}: ${parts.join("; ")}`;
  }

  band(from, to) {
    for (const { bandNode } of this.panels) {
      bandNode.setAttribute("visibility", from === null ? "hidden" : "visible");
      if (from === null) continue;
      const [a, b] = [this.x(from), this.x(to)].sort((left, right) => left - right);
      bandNode.setAttribute("x", a);
      bandNode.setAttribute("width", b - a);
    }
  }

  /** Read out one instant, or with null the last one shown. */
  hover(index) {
    this.at = index;
    const shown = index === null ? lastAtOrBefore(this.times, this.view[1]) : index;
    this.panels.forEach((panel, i) => {
      panel.series.forEach((series, k) => {
        const value = series.values[shown];
        panel.readouts[k].textContent = series.upper ? `${panel.format(value)} to ${panel.format(series.upper[shown])}` : panel.format(value);
        const visible = index !== null && value !== null && !series.upper;
        panel.dots[k].setAttribute("visibility", visible ? "visible" : "hidden");
        if (visible) { panel.dots[k].setAttribute("cx", this.x(this.times[shown])); panel.dots[k].setAttribute("cy", panel.y(value)); }
      });
      panel.hair.setAttribute("visibility", index === null ? "hidden" : "visible");
      if (index !== null) { panel.hair.setAttribute("x1", this.x(this.times[shown])); panel.hair.setAttribute("x2", this.x(this.times[shown])); }
      if (i === 0) panel.when.textContent = this.when(this.times[shown]);
      if (panel.fills) panel.fillText.textContent = index === null ? "" : this.fillsAt(panel.fills, shown);
    });
  }

  fillsAt(fills, index) {
    const reach = ((this.view[1] - this.view[0]) / Math.max(1, this.width)) * 4;
    const found = fills.t.map((at, i) => [Math.abs(at - this.times[index]), i]).filter(([far]) => far <= reach).sort((a, b) => a[0] - b[0]).slice(0, 2);
    return found.map(([, i]) => `${fills.units[i] > 0 ? "bought" : "sold"} ${format.number(Math.abs(fills.units[i]), Number.isInteger(fills.units[i]) ? 0 : 4)} at ${format.price(fills.raw[i])} (${fills.reason[i]})`).join(", ");
  }
}
