// The page of one experiment: its data, read once, drawn.
(() => {
  const data = JSON.parse(document.getElementById("data-of-page").textContent);
  const element = (id) => document.getElementById(id);
  const when = data.daily ? format.day : format.minute;

  const drawAccount = () => {
    const { account } = data;
    const times = running(account.t);
    if (!times.length) return;
    const controls = element("account-controls");
    controls.hidden = false;
    const panels = [
      { title: "Equity", height: 300, format: format.amount, tick: compact, log: isSteep([account.equity, account.benchmark]),
        series: [{ name: "strategy", values: account.equity, className: "run" }, { name: "buy and hold", values: account.benchmark, className: "held" }] },
      { title: "Drawdown", height: 130, format: format.percent, tick: percentTick, high: 0,
        series: [{ name: "strategy", values: account.drawdown, className: "run", area: true }, { name: "buy and hold", values: account.benchmark_drawdown, className: "held" }] },
      { title: "Exposure", height: 90, format: format.percent, tick: percentTick, low: 0, series: exposure(account) },
    ];
    const stack = new Stack(element("account-charts"), { times, panels, daily: data.daily, controls });
    logButton(controls, stack);
  };

  const drawFan = () => {
    const { fan } = data;
    if (!fan.t) return;
    const controls = element("fan-controls");
    controls.hidden = false;
    const series = [{ name: "as recorded", values: fan.run, className: "run" }, { name: "buy and hold", values: fan.held, className: "held" }];
    if (fan.count > 1) {
      series.splice(1, 0, { name: "middle path", values: fan.middle, className: "line2" });
      series.push({ name: "half of the paths", values: fan.quarter, upper: fan.upper, className: "line2" },
        { name: "nine in ten", values: fan.low, upper: fan.high, className: "line2" });
    } else series.splice(1, 0, { name: "out of sample", values: fan.middle, className: "line2" });
    const panel = { title: "Growth of 1", height: 280, format: (value) => format.number(value, 3), tick: trim, series, log: isSteep(series.map((each) => each.values)) };
    const stack = new Stack(element("fan-chart"), { times: running(fan.t), panels: [panel], daily: true, controls });
    logButton(controls, stack);
  };

  /** K: how many trials were known at the end of each day. */
  const drawTried = () => {
    const { tried } = data;
    if (!tried.t) return;
    const series = [{ name: "trials", values: tried.count, className: "run", step: true }];
    const panel = { title: "K", height: 130, low: 0, format: (value) => format.number(value, 0), tick: trim, series };
    new Stack(element("tried-chart"), { times: running(tried.t), panels: [panel], daily: true });
  };

  /** A button that turns the first panel's axis logarithmic and back. */
  const logButton = (controls, stack) => {
    const panel = stack.panels[0];
    const button = make(controls, "button", "", "Logarithmic");
    button.type = "button";
    button.setAttribute("aria-pressed", String(panel.log));
    button.onclick = () => {
      panel.log = !panel.log;
      button.setAttribute("aria-pressed", String(panel.log));
      stack.paint();
    };
  };

  /** Whether money multiplied so much that only a logarithmic axis shows the early years. */
  const isSteep = (columns) => {
    const values = columns.flat().filter((value) => value !== null);
    const low = values.reduce((a, b) => Math.min(a, b)), high = values.reduce((a, b) => Math.max(a, b));
    return low > 0 && high / low > 5;
  };

  const exposure = (account) => {
    const gross = { name: "gross", values: account.gross, className: "run", area: true, step: true };
    const isSame = account.gross.every((value, i) => value === account.net[i]);
    return isSame ? [{ ...gross, name: "of equity" }] : [gross, { name: "net", values: account.net, className: "held", step: true }];
  };

  const compact = (value) => Math.abs(value) >= 1e6 ? `${trim(value / 1e6)} m` : Math.abs(value) >= 1e4 ? `${trim(value / 1e3)} k` : trim(value);
  const trim = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 6, useGrouping: false }).replace("-", "−");
  const percentTick = (value) => `${trim(Math.round(value * 1e6) / 1e4)}\u202f%`;

  const prices = { stack: null, select: null };

  const drawPrices = (name) => {
    const symbol = data.symbols.find((each) => each.name === name);
    const times = running(symbol.t);
    const controls = element("price-controls");
    controls.hidden = false;
    controls.replaceChildren();
    if (data.symbols.length > 1) {
      const label = make(controls, "label", "", "Symbol");
      const select = make(label, "select");
      select.id = "price-symbol";
      for (const each of data.symbols) make(select, "option", "", each.name).value = each.name;
      select.value = name;
      select.onchange = () => { drawPrices(select.value); element("price-symbol").focus(); };
    }
    const lines = symbol.lines.map((line, i) => ({ name: line.name, values: line.values, panel: line.panel, className: `line${(i % 4) + 1}` }));
    const others = [...new Set(lines.filter((line) => line.panel).map((line) => line.panel))];
    const price = { title: symbol.name, height: 320, format: format.price, tick: trim, log: isSteep([symbol.close]),
      fills: { ...symbol.fills, t: running(symbol.fills.t) },
      series: [{ name: "close", values: symbol.close, className: "price" }, ...lines.filter((line) => !line.panel)] };
    const panels = [price, ...others.map((title) => ({ title, height: 110, format: format.price, tick: trim, series: lines.filter((line) => line.panel === title) }))];
    if (prices.stack) prices.stack.close();
    prices.stack = new Stack(element("price-charts"), { times, panels, daily: data.daily, controls });
    logButton(controls, prices.stack);
  };

  const openTrade = (i) => {
    const { trades } = data;
    if (!data.symbols.some((each) => each.name === trades.symbol[i])) return;
    drawPrices(trades.symbol[i]);
    const margin = Math.max((trades.exit[i] - trades.entry[i]) * 0.6, data.daily ? 20 * SECONDS.day : 6 * SECONDS.hour);
    prices.stack.look(trades.entry[i] - margin, trades.exit[i] + margin);
    element("prices").scrollIntoView();
    element("price-charts").focus({ preventScroll: true });
  };

  drawAccount();
  drawFan();
  drawTried();
  if (data.symbols.length) drawPrices((data.symbols.find((each) => each.fills.t.length) || data.symbols[0]).name);
  if (data.trades.total) {
    new TradeList({
      trades: data.trades, table: element("trade-table"), filters: element("trade-filters"), sum: element("trade-sum"),
      more: element("trade-more"), when, currency: data.currency, open: openTrade,
    });
  }
})();
