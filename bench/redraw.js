"use strict";
// Put into the dashboard: times its redraws, then those of a bare chart with the same figures.
{
  const chart = document.querySelector(".js-plotly-plot");
  const setProps = window.dash_clientside.set_props;
  const redraws = { drawings: [], figures: [], longTasks: [], replayed: null, id: null };
  let began = null;
  let watching = false;

  window.dash_clientside.set_props = (id, props) => {
    if (watching && props.figure) {
      began = performance.now();
      redraws.figures.push(props.figure);
      redraws.id = id;
    }
    return setProps(id, props);
  };
  chart.on("plotly_afterplot", () => {
    if (!watching || began === null) return;
    redraws.drawings.push([began, performance.now()]);
    began = null;
  });
  new PerformanceObserver((list) => {
    if (watching) redraws.longTasks.push(...list.getEntries().map((task) => [task.startTime, task.startTime + task.duration]));
  }).observe({ type: "longtask" });

  // A page that nobody looks at asks for nothing.
  const hide = (hidden) => Object.defineProperty(document, "hidden", { configurable: true, value: hidden });

  redraws.watch = () => {
    Object.assign(redraws, { drawings: [], figures: [], longTasks: [], replayed: null });
    hide(false);
    watching = true;
  };

  redraws.stop = () => {
    watching = false;
    hide(true);
    const apart = redraws.longTasks.filter(([from, to]) => !redraws.drawings.some(([start, end]) => from < end && start < to));
    return { drawings: redraws.drawings.map(([start, end]) => end - start), longTasks: apart.length };
  };

  redraws.replay = async () => {
    const { width, height } = chart.getBoundingClientRect();
    const bare = document.createElement("div");
    bare.style.cssText = `position:fixed;left:0;top:0;width:${width}px;height:${height}px`;
    document.body.append(bare);
    const [first, ...rest] = redraws.figures;
    const config = { responsive: true, displaylogo: false };
    await window.Plotly.newPlot(bare, first.data, first.layout, config);
    const found = [];
    for (const figure of rest) {
      await new Promise((resolve) => window.setTimeout(resolve, 250));
      const start = performance.now();
      const drawn = new Promise((resolve) => bare.once("plotly_afterplot", () => resolve(performance.now())));
      window.Plotly.react(bare, figure.data, figure.layout, config);
      found.push((await drawn) - start);
    }
    window.Plotly.purge(bare);
    bare.remove();
    redraws.replayed = found;
  };

  // The same figures through Dash into the chart of the page, which does nothing else meanwhile.
  redraws.replayByDash = async () => {
    redraws.replayed = null;
    const found = [];
    for (const figure of redraws.figures.slice(1)) {
      await new Promise((resolve) => window.setTimeout(resolve, 250));
      const start = performance.now();
      const drawn = new Promise((resolve) => chart.once("plotly_afterplot", () => resolve(performance.now())));
      setProps(redraws.id, { figure: { ...figure } });
      found.push((await drawn) - start);
    }
    redraws.replayed = found;
  };

  window.redraws = redraws;
}
