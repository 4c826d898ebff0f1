// Charts of a bulletin and the map of the wallboard. The numbers stand in the page, as tables or as data: without
// this nothing is lost but the drawing.
const COLOURS = ['#1f5fa8', '#b9c6d6', '#2e7d4f', '#b26a00', '#7d1f1f', '#5b4b8a', '#00798c', '#8a8f98'];

function options(chart) {
  const text = { color: '#1c2733' };
  const base = { color: COLOURS, textStyle: text, animation: false, aria: { enabled: true },
                 tooltip: { trigger: chart.kind === 'pie' ? 'item' : 'axis', renderMode: 'richText' } };
  if (chart.kind === 'pie') {
    const data = chart.names.map((name, place) => ({ name, value: chart.series[0].values[place] }));
    return { ...base, series: [{ type: 'pie', radius: ['35%', '65%'], data, label: { formatter: '{b} {c}' } }] };
  }
  const names = { type: 'category', data: chart.names };
  const values = { type: 'value', minInterval: 1 };
  const bar = chart.kind === 'bar';
  return { ...base, legend: { show: chart.series.length > 1, top: 0 },
           grid: { left: 8, right: 24, top: 28, bottom: 8, containLabel: true },
           xAxis: bar ? values : names, yAxis: bar ? names : values,
           series: chart.series.map(({ name, values: data }) => ({ name, data, type: chart.kind })) };
}

function draw() {
  const told = document.getElementById('charts');
  if (!told || !window.echarts) return;
  const charts = JSON.parse(told.dataset.charts);
  for (const place of document.querySelectorAll('[data-chart]')) {
    const drawn = window.echarts.init(place, null, { renderer: 'canvas' });
    drawn.setOption(options(charts[place.dataset.chart]));
    new ResizeObserver(() => drawn.resize()).observe(place);
  }
}

async function drawMap() {
  const place = document.querySelector('[data-map]');
  if (!place || !window.echarts) return;
  const outlines = await (await fetch(place.dataset.map)).json();
  window.echarts.registerMap('areas', outlines);
  const names = new Map(outlines.features.map(({ properties }) => [String(properties.code), properties.name]));
  const drawn = window.echarts.init(place);
  const show = () => {
    const counts = JSON.parse(document.querySelector('[data-areas]').dataset.areas);
    const data = [...names].map(([code, name]) => ({ name, value: counts[code] || 0 }));
    const most = Math.max(1, ...data.map(({ value }) => value));
    drawn.setOption({ textStyle: { color: '#e8eef5' },
                      visualMap: { min: 0, max: most, calculable: false, inRange: { color: ['#1d3850', '#c9553d'] },
                                   textStyle: { color: '#e8eef5' } },
                      series: [{ type: 'map', map: 'areas', data, label: { show: true, color: '#e8eef5' } }] });
  };
  show();
  new MutationObserver(show).observe(document.querySelector('.wall'), { subtree: true, attributes: true, attributeFilter: ['data-areas'] });
}

document.querySelector('[data-prints]')?.addEventListener('click', () => window.print());
draw();
drawMap();
