/**
 * The look of a clinical report: one page that fits on A4 (210 × 297 mm) and on Letter (216 × 279 mm) alike, on paper and on the screen.
 * The pictures take the room that the rest leaves. Pure.
 */
import { seriesTokens } from '../../contract/class-series.ts';

export const STYLE = `
:root{color-scheme:light;--ink:#12181c;--ink-2:#46515a;--line:#c9d0d5;--sunken:#eef1f3;--warning:#7d4c00;--warning-soft:#fcf2df;--image-ground:#7f7f7f;
${seriesTokens('light')}}
@page{margin:9mm 11mm}
*{box-sizing:border-box;margin:0;padding:0}
html{background:#fff;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{color:var(--ink);font:8.4pt/1.32 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;font-variant-numeric:tabular-nums}
.page{display:flex;flex-direction:column;gap:2.2mm;width:186mm;height:259mm;overflow:hidden}
@media screen{body{display:grid;justify-content:center;padding:8mm 4mm}}
.page>*{flex:none}
header{display:flex;justify-content:space-between;gap:6mm;padding-bottom:1.4mm;border-bottom:.4mm solid var(--ink)}
header>div{min-width:0}header>div:last-child{flex:none;text-align:right}
h1{font-size:13pt;line-height:1.2}h2{font-size:9.4pt;line-height:1.25;overflow-wrap:anywhere}h3{font-size:8pt}
.secondary,small,figcaption{color:var(--ink-2);font-size:7.4pt;line-height:1.28}
.full{font-size:7.5pt;line-height:1.26;gap:1.6mm}.full .secondary{font-size:6.7pt;line-height:1.22}.full h2{font-size:8.6pt}.full h3{font-size:7.3pt}.full .signature{padding-top:7mm}
.use{font-weight:600}
.who{overflow-wrap:anywhere}.who span{margin-right:3mm}.who b,.model b{font-weight:600}
.pictures{display:grid;flex:1 1 0;grid-template-columns:1fr 1fr;gap:3mm;min-height:28mm;max-height:92mm}
figure{display:flex;flex-direction:column;gap:.6mm;min-width:0;min-height:0}
figcaption{min-height:2.6em}figure svg,.absent{flex:1;min-height:0;width:100%;border-radius:1mm;background:var(--image-ground)}
.absent{display:grid;place-items:center;background:var(--sunken);text-align:center}
.warnings{padding:1.2mm 2mm;border:.2mm solid var(--warning);border-radius:1mm;background:var(--warning-soft);color:var(--warning);font-size:7.6pt;line-height:1.26}
.warnings ul{padding-left:3.4mm}.full .warnings{font-size:6.8pt;line-height:1.2}.full .warnings ul{columns:2;column-gap:5mm}.full .warnings li{break-inside:avoid}
.checks{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:5mm}
.checks>div,.answer{display:grid;gap:1mm;align-content:start}
table{width:100%;border-collapse:collapse;table-layout:fixed}
th,td{padding:.35mm .8mm;border-bottom:.15mm solid var(--line);text-align:right;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
thead th{color:var(--ink-2);font-size:7pt;font-weight:500;vertical-align:bottom;white-space:normal}
tbody th,th:first-child{padding-left:0;font-weight:400;text-align:left}
.swatch{display:inline-block;width:2mm;height:2mm;margin-right:1.2mm;border-radius:.4mm}
.bar{padding-inline:1mm}.bar span{display:block;height:2mm;min-width:.2mm;border-radius:.4mm}
.in{font-weight:700}
.share{position:relative;height:2.2mm;margin:.6mm 0;border-radius:.4mm;background:var(--sunken)}
.share span{display:block;height:100%;min-width:.2mm;border-radius:.4mm;background:var(--ink-2)}.share i{position:absolute;top:-.7mm;bottom:-.7mm;width:.5mm;margin-left:-.25mm;background:var(--ink)}
.model{padding:1.2mm 2mm;border-radius:1mm;background:var(--sunken)}.model p{overflow-wrap:anywhere}
.hash{font-family:ui-monospace,Menlo,Consolas,"Liberation Mono",monospace;font-size:6.8pt}
.notes{min-height:0;overflow-wrap:anywhere}.notes p{white-space:pre-line}
.signature{display:grid;grid-template-columns:3fr 3fr 2fr;gap:6mm;padding-top:9mm}.signature span{padding-top:.6mm;border-top:.2mm solid var(--ink);color:var(--ink-2);font-size:7pt}
footer{padding-top:1mm;border-top:.2mm solid var(--line);color:var(--ink-2);font-size:7pt}
footer b{color:var(--ink)}
`;
