/** The look of a saved report: both themes, and paper. Pure. */
import { seriesTokens } from '../../contract/class-series.ts';

export const STYLE = `
:root{color-scheme:light dark;--ground:light-dark(#fff,#13171a);--sunken:light-dark(#eef1f3,#1d2328);--line:light-dark(#dde2e5,#2a3137);
--ink:light-dark(#12181c,#eef2f4);--ink-2:light-dark(#46515a,#b4bec6);--ink-3:light-dark(#5f6a73,#929da6);--accent:light-dark(#0b5f66,#57bac1);
--warning:light-dark(#7d4c00,#ecbb6a);--warning-soft:light-dark(#fcf2df,#33270f);--full:light-dark(#5cb2b9,#0b535a);
${seriesTokens('both')}}
*{box-sizing:border-box}
body{max-width:980px;margin:0 auto;padding:32px 24px 64px;background:var(--ground);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:24px}h2{margin:40px 0 8px;padding-bottom:4px;border-bottom:1px solid var(--line);font-size:18px}h3{margin:24px 0 6px;font-size:14px}
p{margin:4px 0}nav{margin-top:12px}nav a{margin-right:16px;color:var(--accent)}
.secondary,caption,small,figcaption+svg+ul{color:var(--ink-2);font-size:12px}
.use{font-weight:600}.notes{margin:16px 0;padding:8px 16px 8px 32px;border-radius:5px;background:var(--warning-soft);color:var(--warning)}
.scroll{overflow-x:auto}
table{width:100%;margin:12px 0;border-collapse:collapse}caption{padding:4px 0;text-align:left}
th,td{padding:4px 8px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
thead th{color:var(--ink-2);font-size:12px;font-weight:500}tbody th,th:first-child{font-weight:400;text-align:left}
details td{text-align:left;overflow-wrap:anywhere}#environment+table td{text-align:left;overflow-wrap:anywhere}
.matrix{border-collapse:separate;border-spacing:2px;table-layout:fixed}.matrix th,.matrix td{border:0;text-align:center}.matrix tbody th{text-align:left}
.matrix td[style]{border-radius:3px;background:color-mix(in oklab,var(--full) calc(var(--share)*100%),var(--sunken))}td small{display:block;white-space:nowrap}.matrix small{color:inherit}
.swatch{display:inline-block;width:10px;height:10px;margin-right:6px;border-radius:2px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:24px}figure{max-width:440px;margin:12px 0}figcaption{font-weight:600}
svg{display:block;width:100%}svg text{fill:var(--ink-3);font-size:10px}
.grid,.axis{stroke:var(--line)}.guess,.mark{stroke:var(--ink-3);stroke-dasharray:2 4}.line{fill:none;stroke-width:1.75}.dashed{stroke-dasharray:5 4}
.legend{margin:4px 0 0;padding:0;list-style:none;font-size:12px}summary{margin-top:12px;cursor:pointer}
footer{margin-top:48px;padding-top:12px;border-top:1px solid var(--line)}
@media print{:root{color-scheme:light}body{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}
`;
