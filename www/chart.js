// Draws one chart with uPlot (www/vendor/uplot) into an element.
//
// In: `wakefulChart(host, specJson, columns, told)`: what to draw (src/chart/spec.rs writes it), its
// numbers as Float64Arrays, and a function that is told of a selection or a picked point.
// Out: a handle with `update(specJson, columns)`, `select(area or null)` and `destroy()`.
// Must not know: what the numbers mean, the page's state. Colours come from the style sheet.
"use strict";

(() => {
  const POINT = 3;
  // Pixels of a strip that stands for a stretch of time, with the gap below it, and of all lanes together.
  const LANE = 5;
  const LANES = 60;
  const DAY = 86_400;
  const FONT = "12px system-ui, sans-serif";
  // 1, 2, 5, 10, ...: steps of an axis that counts.
  const WHOLE = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();

  // A custom property with light-dark() is text until an element uses it.
  function palette(host) {
    const probe = host.appendChild(document.createElement("span"));
    probe.hidden = true;
    const known = new Map();
    return (name) => {
      if (!known.has(name)) {
        probe.style.color = `var(--${name})`;
        known.set(name, getComputedStyle(probe).color);
      }
      return known.get(name);
    };
  }

  const faded = (colour, alpha) => colour.replace(/^rgba?\(([^)]+?)(,[^,)]*)?\)$/, (all, rgb, a) =>
    rgb.split(",").length === 3 ? `rgba(${rgb},${alpha})` : `rgba(${rgb}${a ?? ""},${alpha})`);

  const trimmed = (text) => text.replace(/(\.\d*?)0+(?=\D|$)/, "$1").replace(/\.(?=\D|$)/, "");

  function steps(value, units) {
    let at = 0;
    let size = Math.abs(value);
    while (size >= 1000 && at < units.length - 1) {
      size /= 1000;
      at += 1;
    }
    const digits = size >= 100 || Number.isInteger(size) ? 0 : size >= 10 ? 1 : 2;
    return `${value < 0 ? "−" : ""}${trimmed(size.toFixed(digits))}${units[at]}`;
  }

  function seconds(value) {
    const size = Math.abs(value);
    if (size >= 2 * DAY) return `${trimmed((value / DAY).toFixed(1))} d`;
    if (size >= 7200) return `${trimmed((value / 3600).toFixed(1))} h`;
    if (size >= 120) return `${trimmed((value / 60).toFixed(1))} min`;
    if (size >= 1 || size === 0) return `${trimmed(value.toFixed(1))} s`;
    return `${trimmed((value * 1000).toFixed(1))} ms`;
  }

  function written(value, unit) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "";
    if (unit === "share") return `${trimmed((value * 100).toFixed(Math.abs(value) < 0.1 ? 1 : 0))} %`;
    if (unit === "bytes") return steps(value, [" B", " kB", " MB", " GB", " TB"]);
    if (unit === "seconds") return seconds(value);
    if (unit === "time") return new Date(value * 1000).toISOString().slice(0, 19).replace("T", " ");
    if (unit !== "count" && value !== 0 && Math.abs(value) < 0.01) return value.toPrecision(1);
    return steps(value, ["", "k", "M", "G"]);
  }

  // Times in UTC; the date below the first one and below each that begins a day.
  function times(splits, step) {
    let day = "";
    return splits.map((at) => {
      const text = new Date(at * 1000).toISOString();
      // Between two seconds stand lines without a time.
      if (at % 1) return "";
      const time = step >= DAY ? "" : step < 60 ? text.slice(11, 19) : text.slice(11, 16);
      const shown = text.slice(0, 10) === day && time ? time : `${time}${time ? "\n" : ""}${text.slice(0, 10)}`;
      day = text.slice(0, 10);
      return shown;
    });
  }

  // Names along a horizontal axis, as many as stand beside each other: the first, then every nth.
  function fitting(u, labels, side) {
    if (side % 2) return labels;
    const longest = Math.max(...labels.map((label) => label.length)) * 7 + 12;
    const every = Math.max(1, Math.ceil((longest * labels.length) / Math.max(1, u.width - 90)));
    return labels.map((label, at) => (at % every ? "" : label));
  }

  // Pixels of the widest of some names.
  function widest(labels) {
    const ctx = document.createElement("canvas").getContext("2d");
    ctx.font = FONT;
    return Math.max(0, ...labels.map((label) => Math.ceil(ctx.measureText(label).width)));
  }

  function axis(spec, side, colour, room) {
    const base = {
      side,
      stroke: () => colour("soft"),
      grid: { stroke: () => colour("line"), width: 1 },
      ticks: { show: false },
      border: { show: true, stroke: () => colour("line"), width: 1 },
      font: FONT,
      labelFont: FONT,
      label: spec.label || undefined,
      labelSize: spec.label ? 20 : 0,
      size: room,
    };
    if (spec.labels.length) {
      return {
        ...base,
        grid: { show: false },
        splits: () => spec.labels.map((_, at) => at),
        values: (u) => fitting(u, spec.labels, side),
      };
    }
    if (spec.scale === "log") {
      return {
        ...base,
        // Powers of ten alone: the lines between them would be most of a small drawing.
        splits: (u, at, low, high) => {
          const splits = [];
          for (let power = Math.ceil(Math.log10(low) - 1e-9); power <= Math.log10(high) + 1e-9; power += 1) splits.push(10 ** power);
          return splits;
        },
        values: (u, splits) => splits.map((value) => written(value, spec.unit)),
      };
    }
    if (spec.scale === "time") {
      return { ...base, space: 70, values: (u, splits, at, space, step) => times(splits, step) };
    }
    return {
      ...base,
      space: side % 2 ? 34 : 56,
      // Things are counted whole.
      ...(spec.unit === "count" ? { incrs: WHOLE } : {}),
      values: (u, splits) => splits.map((value) => (value === null ? "" : written(value, spec.unit))),
    };
  }

  function range(spec) {
    if (spec.labels.length) return () => [-0.6, spec.labels.length - 0.4];
    if (spec.min === null && spec.max === null && spec.scale === "log") return undefined;
    return (u, low, high) => {
      let [from, to] = [spec.min ?? low ?? 0, spec.max ?? high ?? 1];
      if (spec.scale === "log") {
        from = 10 ** Math.floor(Math.log10(Math.max(from, 1e-9)));
        to = 10 ** Math.ceil(Math.log10(Math.max(to, from * 10)));
      } else if (spec.scale !== "time") {
        const slack = (to - from || 1) * 0.04;
        if (spec.min === null) from = low >= 0 && (spec.unit === "count" || low < (high - low) * 0.5) ? 0 : low - slack;
        if (spec.max === null) to = high + slack;
      }
      return to > from ? [from, to] : [from, from + 1];
    };
  }

  const scale = (spec) => ({
    time: spec.scale === "time",
    distr: spec.scale === "log" ? 3 : 1,
    auto: true,
    ...(range(spec) ? { range: range(spec) } : {}),
  });

  const isNarrow = (thick) => thick < 6 * devicePixelRatio;

  // Each place once, in the colour of the first named that covers it: tints on tints would hide what lies under them.
  // What covers most of the drawing has a strip and no tint, which would say nothing.
  function tint(bands, fill) {
    const spans = bands.map(({ a, b, colour: tone }) => ({ from: Math.min(a, b), to: Math.max(a, b), tone }));
    const ends = [...new Set(spans.flatMap(({ from, to }) => [from, to]))].sort((one, other) => one - other);
    ends.slice(1).forEach((to, at) => {
      const over = spans.find((span) => span.from <= ends[at] && span.to >= to);
      if (over) fill(ends[at], to, over.tone);
    });
  }

  // Reference lines and bands lie under the series.
  function under(spec, colour) {
    return (u) => {
      const { ctx } = u;
      const { left, top, width, height } = u.bbox;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, width, height);
      ctx.clip();
      const across = (name) => (name === "x") !== spec.sideways;
      const places = spec.bands.map((band) => {
        const [a, b] = [u.valToPos(band.from, band.axis, true), u.valToPos(band.to, band.axis, true)];
        // A narrow band is stronger, or it would not be seen.
        return { ...band, name: band.axis, a, b, thick: Math.max(Math.abs(b - a), 2 * devicePixelRatio) };
      });
      // Stretches of time stand as strips on top, each in the first lane that is free there: a long one hides no other.
      const strips = places.filter(({ name }) => across(name) && spec[name].scale === "time");
      const lanes = [];
      for (const { a, b, thick, colour: tone } of strips) {
        const [from, to] = [Math.min(a, b), Math.min(a, b) + thick + devicePixelRatio];
        const free = lanes.find((taken) => taken.every((other) => to <= other.from || from >= other.to));
        (free ?? lanes[lanes.push([]) - 1]).push({ from, to, thick, tone });
      }
      // The more there are, the thinner they get: none is left out.
      const lane = Math.min(LANE, LANES / lanes.length) * devicePixelRatio;
      lanes.forEach((strips, at) => {
        for (const { from, thick, tone } of strips) {
          ctx.fillStyle = faded(colour(tone), 0.9);
          ctx.fillRect(from, top + at * lane, thick, lane * 0.8);
        }
      });
      tint(strips.filter(({ thick }) => !isNarrow(thick) && thick <= width / 2), (from, to, tone) => {
        ctx.fillStyle = faded(colour(tone), 0.12);
        ctx.fillRect(from, top, to - from, height);
      });
      // The first named lies on top: of alerts it is the worst.
      for (const { name, a, b, thick, colour: tone } of places.reverse()) {
        if (!isNarrow(thick) && across(name) && spec[name].scale === "time") continue;
        ctx.fillStyle = faded(colour(tone), isNarrow(thick) ? 0.5 : 0.12);
        if (across(name)) ctx.fillRect(Math.min(a, b), top, thick, height);
        else ctx.fillRect(left, Math.min(a, b), width, thick);
      }
      ctx.lineWidth = devicePixelRatio;
      for (const { axis: name, at, colour: tone } of spec.marks) {
        const place = u.valToPos(at, name, true);
        ctx.strokeStyle = colour(tone);
        ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
        ctx.beginPath();
        if (across(name)) { ctx.moveTo(place, top); ctx.lineTo(place, top + height); }
        else { ctx.moveTo(left, place); ctx.lineTo(left + width, place); }
        ctx.stroke();
      }
      ctx.restore();
    };
  }

  function dots(series, colour) {
    return (u, at) => {
      const [xs, ys] = u.data[at];
      const { ctx } = u;
      const size = POINT * devicePixelRatio * (series.draw === "marked" ? 1.5 : series.colour === "soft" ? 1 : 1.3);
      const { left, top, width, height } = u.bbox;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left - size, top - size, width + 2 * size, height + 2 * size);
      ctx.clip();
      ctx.fillStyle = faded(colour(series.colour), series.draw === "marked" ? 0.95 : series.colour === "soft" ? 0.4 : 0.85);
      for (let i = 0; i < xs.length; i += 1) {
        if (!Number.isFinite(xs[i]) || !Number.isFinite(ys[i])) continue;
        const [x, y] = [u.valToPos(xs[i], "x", true), u.valToPos(ys[i], "y", true)];
        ctx.beginPath();
        ctx.arc(x, y, size, 0, 2 * Math.PI);
        ctx.fill();
      }
      ctx.restore();
      return null;
    };
  }

  // Intervals as thin bars through each point.
  function whiskers(spec, columns, colour) {
    return (u) => {
      const { ctx } = u;
      ctx.save();
      spec.series.forEach((series, at) => {
        if (series.low === null || series.draw === "box") return;
        ctx.strokeStyle = series.draw === "bars" ? colour("text") : faded(colour(series.colour), 0.55);
        ctx.lineWidth = 2 * devicePixelRatio;
        const [low, high] = [columns()[series.low], columns()[series.high]];
        u.data[0].forEach((value, i) => {
          const x = u.valToPos(value, "x", true);
          const ends = [u.valToPos(low[i], "y", true), u.valToPos(high[i], "y", true)];
          ctx.beginPath();
          if (spec.sideways) { ctx.moveTo(ends[0], x); ctx.lineTo(ends[1], x); }
          else { ctx.moveTo(x, ends[0]); ctx.lineTo(x, ends[1]); }
          ctx.stroke();
        });
      });
      ctx.restore();
    };
  }

  // Boxes from quartile to quartile with the median in them, on a line from the least to the greatest
  // value. Of several in a place, the later ones are thinner and in front.
  function boxes(spec, columns, colour) {
    return (u) => {
      const { ctx } = u;
      const thick = Math.min(Math.abs(u.valToPos(1, "x", true) - u.valToPos(0, "x", true)) * 0.6, 16 * devicePixelRatio);
      const line = (x1, y1, x2, y2) => {
        ctx.beginPath();
        if (spec.sideways) { ctx.moveTo(y1, x1); ctx.lineTo(y2, x2); } else { ctx.moveTo(x1, y1); ctx.lineTo(x2, y2); }
        ctx.stroke();
      };
      ctx.save();
      spec.series.filter(({ draw }) => draw === "box").forEach((series, at) => {
        const half = thick / 2 / (1 + at);
        const of = (column, i) => u.valToPos(columns()[column][i], "y", true);
        u.data[0].forEach((value, i) => {
          if (Number.isNaN(columns()[series.ys][i])) return;
          const x = u.valToPos(value, "x", true);
          const [low, lower, median, upper, high] = [series.low, series.lower, series.ys, series.upper, series.high].map((column) => of(column, i));
          ctx.strokeStyle = colour(series.colour);
          ctx.lineWidth = devicePixelRatio * 1.5;
          line(x, low, x, high);
          for (const end of [low, high]) line(x - half / 2, end, x + half / 2, end);
          ctx.fillStyle = faded(colour(series.colour), at ? 0.9 : 0.45);
          const [near, far] = [Math.min(lower, upper), Math.abs(upper - lower)];
          if (spec.sideways) ctx.fillRect(near, x - half, far, 2 * half);
          else ctx.fillRect(x - half, near, 2 * half, far);
          ctx.strokeStyle = colour("text");
          ctx.lineWidth = devicePixelRatio * 2;
          line(x - half, median, x + half, median);
        });
      });
      ctx.restore();
    };
  }

  function series(one, spec, colour) {
    const base = { label: one.label, stroke: () => colour(one.colour), points: { show: false }, scale: "y" };
    const { paths } = uPlot;
    if (one.draw === "bars") {
      return { ...base, width: 0, fill: () => faded(colour(one.colour), 0.75), paths: paths.bars({ size: [0.82, spec.x.labels.length ? 34 : Infinity], align: spec.x.labels.length ? 0 : 1, gap: 1 }) };
    }
    if (one.draw === "box") return { ...base, width: 0, paths: () => null };
    if (one.draw === "step") {
      // What is in the background has no outline of its own.
      const soft = one.colour === "soft";
      return { ...base, width: soft ? 0 : 1.5, fill: () => faded(colour(one.colour), soft ? 0.35 : 0.18), paths: paths.stepped({ align: 1 }) };
    }
    if (one.draw === "points") return { ...base, width: 0, paths: () => null, points: { show: true, size: 8, fill: () => colour(one.colour) } };
    return { ...base, width: 2, points: { show: one.colour !== "soft", size: 7, fill: () => colour(one.colour), filter: (u, at, show) => (show || u.data[0].length <= 24 ? null : []) } };
  }

  function options(spec, host, colour, columns, told, place) {
    const scatter = spec.kind === "scatter";
    const sideways = spec.sideways;
    const select = spec.select;
    return {
      width: Math.max(host.clientWidth, 120),
      height: spec.height,
      mode: scatter ? 2 : 1,
      legend: { show: false },
      // Half of a date may stand right of the last tick.
      padding: [10, spec.x.scale === "time" ? 36 : 22, 4, 4],
      focus: { alpha: 1 },
      cursor: {
        x: !scatter,
        y: false,
        points: { show: !scatter && !sideways },
        drag: { x: select !== "none", y: select === "xy", setScale: false, uni: 4 },
      },
      select: { show: select !== "none", left: 0, top: 0, width: 0, height: 0 },
      scales: {
        x: { ...scale(spec.x), ...(sideways ? { ori: 1, dir: -1 } : {}) },
        y: { ...scale(spec.y), ...(sideways ? { ori: 0, dir: 1 } : {}) },
      },
      axes: [
        { ...axis(spec.x, sideways ? 3 : 2, colour, sideways ? Math.min(host.clientWidth * 0.45, 14 + widest(spec.x.labels)) : spec.x.scale === "time" ? 44 : 30), scale: "x" },
        { ...axis(spec.y, sideways ? 2 : 3, colour, sideways ? 30 : 58), scale: "y" },
      ],
      series: scatter
        ? [{}, ...spec.series.map((one) => ({
            label: one.label,
            facets: [{ scale: "x", auto: true }, { scale: "y", auto: true }],
            paths: dots(one, colour),
            points: { show: false },
          }))]
        : [{}, ...spec.series.map((one) => series(one, spec, colour))],
      hooks: {
        drawClear: [under(spec, colour)],
        draw: [whiskers(spec, columns, colour), boxes(spec, columns, colour), place],
        setSelect: [(u) => selected(u, spec, told)],
      },
    };
  }

  function selected(u, spec, told) {
    if (u.quiet) return;
    const { left, top, width, height } = u.select;
    if (width < 2 && (spec.select !== "xy" || height < 2)) return told("select", null);
    const area = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    if (spec.select === "xy") area.push(u.posToVal(top + height, "y"), u.posToVal(top, "y"));
    return told("select", Float64Array.from(area));
  }

  const holed = (column) => Array.from(column, (value) => (Number.isNaN(value) ? null : value));

  // Steps of time: the last ends where the axis does, at a point that stands for nothing else.
  const isClosed = (spec) => spec.x.scale === "time" && spec.series.every(({ draw }) => draw === "step");

  const closed = (columns, end) => columns.map((column, at) => [...column, at ? column[column.length - 1] : end]);

  function arranged(spec, columns) {
    if (spec.kind === "scatter") return [null, ...spec.series.map((one) => [columns[one.xs], columns[one.ys]])];
    const drawn = [columns[0], ...spec.series.map((one) => columns[one.ys])].map(holed);
    return isClosed(spec) ? closed(drawn, spec.x.max) : drawn;
  }

  function tip(host) {
    const node = host.appendChild(document.createElement("div"));
    node.className = "chart-tip";
    node.setAttribute("aria-hidden", "true");
    node.hidden = true;
    return node;
  }

  function nearest(u, spec, x, y) {
    let found = null;
    let best = 12 ** 2;
    spec.series.forEach((one, at) => {
      const [xs, ys] = u.data[at + 1];
      for (let i = 0; i < xs.length; i += 1) {
        const far = (u.valToPos(xs[i], "x") - x) ** 2 + (u.valToPos(ys[i], "y") - y) ** 2;
        if (far <= best) [best, found] = [far, { at, i, x: xs[i], y: ys[i] }];
      }
    });
    return found;
  }

  function describe(u, spec, columns) {
    const { left, top } = u.cursor;
    if (left < 0) return null;
    // The end of the last step is part of it.
    const idx = isClosed(spec) ? Math.min(u.cursor.idx, columns[0].length - 1) : u.cursor.idx;
    if (spec.kind === "scatter") {
      const point = nearest(u, spec, left, top);
      if (!point) return null;
      const name = spec.series[point.at].names?.[point.i];
      return [...(name ? [name] : []), `${spec.x.label}: ${written(point.x, spec.x.unit)}`, `${spec.y.label}: ${written(point.y, spec.y.unit)}`];
    }
    if (idx === null || idx === undefined) return null;
    const at = spec.x.labels.length ? spec.x.labels[idx] : written(u.data[0][idx], spec.x.unit);
    const value = (one, i) => (one.draw !== "box" ? written(u.data[i + 1][idx], spec.y.unit)
      : Number.isNaN(columns[one.ys][idx]) ? "–"
      : [one.low, one.lower, one.ys, one.upper, one.high].map((column) => written(columns[column][idx], spec.y.unit)).join(" · "));
    return [at, ...spec.series.map((one, i) => `${one.label}: ${value(one, i)}`)];
  }

  function showTip(u, spec, columns, node) {
    const lines = describe(u, spec, columns);
    node.hidden = !lines;
    if (!lines) return;
    node.textContent = lines.join("\n");
    const left = u.over.offsetLeft + u.cursor.left;
    const room = node.parentElement.clientWidth - node.offsetWidth - 4;
    node.style.left = `${Math.max(0, Math.min(left + 14, room))}px`;
    node.style.top = `${Math.max(0, u.over.offsetTop + u.cursor.top - node.offsetHeight - 8)}px`;
  }

  // Arrow keys move an end of the selection along x; with shift they widen it.
  function keyed(u, spec, event, told) {
    if (spec.select === "none") return;
    const width = u.over.clientWidth;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape" && u.select.width > 0) {
      event.stopPropagation();
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 });
    } else if (step) {
      event.preventDefault();
      const by = step * Math.max(1, width / 50);
      const now = u.select.width > 0 ? u.select : { left: width * 0.45, width: width * 0.1 };
      const wide = event.shiftKey ? Math.max(2, now.width + by) : now.width;
      const left = Math.min(Math.max(0, event.shiftKey ? now.left : now.left + by), width - 2);
      const tall = spec.select === "xy" && u.select.height > 0 ? u.select : { top: 0, height: u.over.clientHeight };
      u.setSelect({ left, width: Math.min(wide, width - left), top: tall.top, height: tall.height });
    }
  }

  globalThis.wakefulChart = (host, specJson, firstColumns, told) => {
    let spec = JSON.parse(specJson);
    let text = specJson;
    let columns = firstColumns;
    let colour = palette(host);
    const bubble = tip(host);
    let plot;
    let area = null;
    // A plot knows its scales only once it has drawn, so the selection is placed with each drawing.
    const place = (u) => {
      u.quiet = true;
      if (area) {
        const [a, b] = [u.valToPos(area[0], "x"), u.valToPos(area[1], "x")];
        const [c, d] = area.length > 2 ? [u.valToPos(area[3], "y"), u.valToPos(area[2], "y")] : [0, u.over.clientHeight];
        u.setSelect({ left: Math.min(a, b), width: Math.abs(b - a), top: Math.min(c, d), height: Math.abs(d - c) });
      } else {
        u.setSelect({ left: 0, top: 0, width: 0, height: 0 });
      }
      u.quiet = false;
    };
    const draw = () => {
      plot = new uPlot(options(spec, host, colour, () => columns, told, place), arranged(spec, columns), host);
      plot.over.addEventListener("mousemove", () => showTip(plot, spec, columns, bubble));
      plot.over.addEventListener("mouseleave", () => { bubble.hidden = true; });
      plot.over.addEventListener("click", () => {
        const { left, top, idx } = plot.cursor;
        const named = spec.x.labels.length > 0 && Number.isInteger(idx);
        const point = spec.kind === "scatter" ? nearest(plot, spec, left, top) : named ? { at: 0, i: idx } : null;
        if (point) told("pick", Float64Array.of(point.at, point.i));
      });
    };
    const redraw = () => {
      plot.destroy();
      draw();
    };
    const onKey = (event) => keyed(plot, spec, event, told);
    const onTheme = () => {
      colour = palette(host);
      redraw();
    };
    draw();
    host.addEventListener("keydown", onKey);
    const sized = new ResizeObserver(() => {
      const width = Math.max(host.clientWidth, 120);
      if (width !== plot.width) plot.setSize({ width, height: spec.height });
    });
    sized.observe(host);
    const themed = new MutationObserver(onTheme);
    themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", onTheme);
    return {
      update(nextJson, next) {
        columns = next;
        if (nextJson === text) {
          plot.setData(arranged(spec, columns));
        } else {
          [text, spec] = [nextJson, JSON.parse(nextJson)];
          redraw();
        }
      },
      select(next) {
        area = next;
        if (plot.status) place(plot);
      },
      destroy() {
        sized.disconnect();
        themed.disconnect();
        system.removeEventListener("change", onTheme);
        host.removeEventListener("keydown", onKey);
        plot.destroy();
        host.replaceChildren();
      },
    };
  };
})();
