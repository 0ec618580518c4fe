// The list of round trips: filters, sorting, a running sum, and a way to the chart.
class TradeList {
  constructor({ trades, table, filters, sum, more, when, currency, open }) {
    Object.assign(this, { trades, table, sum, more, when, currency, open });
    this.cents = trades.profit.some((value) => Math.abs(value) >= 1000) ? 0 : 2;
    this.limit = 50;
    this.sorting = ["number", 1];
    this.filters = {};
    this.build(filters);
    this.head();
    this.body = make(table, "tbody");
    this.more.onclick = () => { this.limit += 200; this.show(); };
    this.show();
  }

  build(filters) {
    filters.hidden = false;
    const distinct = (values) => [...new Set(values)].sort().map((value) => [value, value.replaceAll("_", " ")]);
    const results = [["won", "won"], ["lost", "lost"], ["open", "still open"]];
    const choices = { symbol: distinct(this.trades.symbol), side: distinct(this.trades.side), result: results, reason: distinct(this.trades.reason) };
    for (const [name, values] of Object.entries(choices)) {
      const label = make(filters, "label", "", name[0].toUpperCase() + name.slice(1));
      const select = make(label, "select");
      select.dataset.filter = name;
      make(select, "option", "", "all").value = "";
      for (const [value, text] of values) make(select, "option", "", text).value = value;
      select.onchange = () => { this.filters[name] = select.value; this.limit = 50; this.show(); };
    }
  }

  head() {
    const row = make(make(this.table, "thead"), "tr");
    const columns = [["number", "#"], ["symbol", "Symbol"], ["side", "Side"], ["entry", "Entered"], ["exit", "Left"], ["units", "Units"], ["entry_price", "Entry price"], ["exit_price", "Exit price"], ["profit", "Profit"], ["return", "Return"], ["costs", "Costs"], ["reason", "Left because"]];
    this.heads = columns.map(([name, text]) => {
      const cell = make(row, "th", ["symbol", "side", "reason"].includes(name) ? "text" : "");
      cell.scope = "col";
      const button = make(cell, "button", "", text);
      button.type = "button";
      button.onclick = () => { this.sorting = [name, this.sorting[0] === name ? -this.sorting[1] : 1]; this.show(); };
      return [cell, name];
    });
  }

  result(i) { return this.trades.open[i] ? "open" : this.trades.profit[i] > 0 ? "won" : "lost"; }

  chosen() {
    const { trades, filters } = this;
    const matches = (i) => ["symbol", "side", "reason"].every((name) => !filters[name] || trades[name][i] === filters[name]) && (!filters.result || this.result(i) === filters.result);
    const rows = trades.number.map((_, i) => i).filter(matches);
    const [name, direction] = this.sorting;
    const values = trades[name];
    return rows.sort((a, b) => direction * (values[a] < values[b] ? -1 : values[a] > values[b] ? 1 : a - b));
  }

  show() {
    for (const [cell, name] of this.heads) {
      if (name === this.sorting[0]) cell.setAttribute("aria-sort", this.sorting[1] > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
    const rows = this.chosen();
    this.body.replaceChildren();
    for (const i of rows.slice(0, this.limit)) this.row(i);
    const closed = rows.filter((i) => !this.trades.open[i]);
    const won = closed.filter((i) => this.trades.profit[i] > 0).length;
    const profit = rows.reduce((sum, i) => sum + this.trades.profit[i], 0);
    const plural = rows.length === 1 ? "trade" : "trades";
    const share = closed.length ? `, ${won} of ${closed.length} closed ones won (${format.percent(won / closed.length)})` : "";
    this.sum.textContent = `${format.number(rows.length, 0)} ${plural}${share}, ${format.amount(profit)} ${this.currency} together`;
    this.more.hidden = rows.length <= this.limit;
  }

  row(i) {
    const { trades } = this;
    const row = make(this.body, "tr");
    const go = make(make(row, "td"), "button", "go", String(trades.number[i]));
    go.type = "button";
    go.title = "Show on the price chart";
    go.onclick = () => this.open(i);
    make(row, "td", "text", trades.symbol[i]);
    make(row, "td", "text", trades.side[i]);
    make(row, "td", "", this.when(trades.entry[i]));
    make(row, "td", "", trades.open[i] ? "open" : this.when(trades.exit[i]));
    make(row, "td", "", format.number(trades.units[i], Number.isInteger(trades.units[i]) ? 0 : 4));
    make(row, "td", "", format.price(trades.entry_price[i]));
    make(row, "td", "", format.price(trades.exit_price[i]));
    const tone = trades.profit[i] < 0 ? "loss" : "";
    make(row, "td", tone, format.number(trades.profit[i], this.cents));
    make(row, "td", tone, format.percent(trades.return[i]));
    make(row, "td", "", format.number(trades.costs[i], this.cents));
    make(row, "td", "text", trades.reason[i].replaceAll("_", " "));
  }
}
