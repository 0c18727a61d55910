import { DARK, LIGHT, toProperties } from "./palette.js";

/** The style of a report. It names nothing outside the document: system fonts, no images. */
export const STYLE = `
:root{color-scheme:light dark;${toProperties(LIGHT)}}
@media (prefers-color-scheme:dark){:root{${toProperties(DARK)}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:70rem;padding:2.5rem 1.5rem 4rem;background:var(--ground);color:var(--text);
font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.65rem;line-height:1.3;font-weight:650;margin:.25rem 0 1rem;max-width:48rem}
h2{font-size:1.2rem;line-height:1.35;font-weight:650;margin:0 0 .9rem}
h3{font-size:1rem;font-weight:650;margin:1.6rem 0 .5rem}
h4{font-size:.94rem;font-weight:600;margin:1rem 0 .3rem}
p,ul,ol,dl{margin:.5rem 0}
p,.prose{max-width:46rem}
section{margin-top:2.75rem;padding-top:1.5rem;border-top:1px solid var(--line)}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,pre:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:3px}
code,pre{font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;tab-size:4}
pre{margin:.5rem 0;padding:.75rem .9rem;background:var(--surface);border:1px solid var(--line);border-radius:6px;
overflow-x:auto;overflow-wrap:normal;white-space:pre}
pre code{display:block;width:max-content;min-width:100%;font-size:inherit}
.prose{white-space:pre-wrap}
.muted,.note,caption,.eyebrow{color:var(--muted)}
.note{font-size:.9rem}
.eyebrow{font-size:.9rem;margin:0}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;background:var(--ground);padding:.5rem}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
.status{margin:1rem 0;padding:.7rem 1rem;background:var(--surface);border-left:4px solid var(--muted);border-radius:0 6px 6px 0;max-width:48rem}
.status.good{border-color:var(--good)}.status.bad{border-color:var(--bad)}.status.warn{border-color:var(--warn)}
.status p{margin:.2rem 0;color:var(--text)}.status p:first-child{color:inherit;font-weight:600}
nav ul{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;font-size:.94rem}
.facts{font-size:.94rem}
.facts div{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem;padding:.1rem 0}
.facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0}
table{width:100%;border-collapse:collapse;font-size:.9rem;margin:.75rem 0}
caption{text-align:left;padding-bottom:.4rem}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line)}
th,td{overflow-wrap:break-word}td code,th code{overflow-wrap:anywhere}tbody th{min-width:9rem}
thead th{color:var(--muted);font-weight:500}tbody th{font-weight:600}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{margin:.5rem 0}
summary{cursor:pointer;padding:.3rem 0}
.item{border:1px solid var(--line);border-radius:6px;padding:.25rem .9rem}
.item[open]{padding-bottom:.6rem}
.stages{list-style:none;padding:0;margin:1rem 0}
.stages>li{position:relative;padding-bottom:1.4rem}
.stages>li+li::before{content:"";position:absolute;left:1.4rem;top:-1.4rem;height:1.4rem;border-left:2px solid var(--line)}
.stages>li:last-child{padding-bottom:0}
.stages ul{list-style:none;padding:0;margin:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:.75rem}
.step{border:1px solid var(--line);border-left:4px solid var(--muted);border-radius:6px;padding:.6rem .9rem;background:var(--surface)}
.step.good{border-left-color:var(--good)}.step.bad{border-left-color:var(--bad)}.step.warn{border-left-color:var(--warn)}
.step{color:var(--text)}.step p{margin:0 0 .2rem}.step .facts{margin:.3rem 0 0;font-size:.88rem;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14.5rem,100%),1fr));gap:0 1.5rem}
.step .facts div{display:flex;gap:.5rem}.step .facts dt{flex:none}
.time-line{list-style:none;padding:0}
.time-line li{display:grid;grid-template-columns:11rem 1fr 14rem;gap:.25rem 1rem;align-items:center;padding:.35rem 0;border-bottom:1px solid var(--line);font-size:.9rem}
.track{position:relative;display:block;height:.85rem;background:var(--surface);border:1px solid var(--line);border-radius:3px;overflow:hidden}
.bar{position:absolute;top:0;bottom:0;min-width:2px;background:var(--accent)}
.bar.failed{background:var(--bad)}
.bar.waiting{background:repeating-linear-gradient(135deg,var(--muted) 0 2px,transparent 2px 5px)}
.bar,.sample{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.9rem;color:var(--muted)}
.sample{position:relative;display:inline-block;width:1.6rem;height:.7rem;margin-right:.4rem;border:1px solid var(--line)}
.diff{padding:.4rem 0}
.diff ins,.diff del,.diff span{display:block;text-decoration:none;padding:0 .9rem}
.diff ins{background:var(--addedGround);color:var(--addedText)}
.diff del{background:var(--removedGround);color:var(--removedText)}
.diff .hunk,.diff .head{color:var(--muted)}
footer{margin-top:3rem;padding-top:1.5rem;border-top:1px solid var(--line)}
@media (max-width:46rem){
body{padding:1.25rem 1rem 3rem}
h1{font-size:1.35rem}
.facts div{grid-template-columns:1fr;padding:.2rem 0}
.time-line li{grid-template-columns:1fr}
table,tbody,tr,td,caption,tbody th{display:block}
thead{position:absolute;left:-100rem}
tr{padding:.5rem 0;border-bottom:1px solid var(--line)}
th,td{border:0;padding:.1rem 0;overflow-wrap:anywhere}
td.number{text-align:left;white-space:normal}
td::before{content:attr(data-label) ": ";color:var(--muted)}
}
@media print{
:root{color-scheme:light;${toProperties(LIGHT)}}
body{max-width:none;padding:0;font-size:10pt}
nav,.skip{display:none}
pre{white-space:pre-wrap;overflow-wrap:anywhere}pre code{width:auto}
.step,tr,.time-line li{break-inside:avoid}h2,h3,h4{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
.diff ins,.diff del{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`.trim();
