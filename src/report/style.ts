import { FONT } from "./panel.ts";
import { surpriseRules } from "./surprise.ts";
import { colourVariables } from "./theme.ts";

/** Below this a page shows the pictures drawn for a phone. */
const NARROW_SCREEN = 780;

/** The page's style sheet. */
export const styleSheet = (): string => `${colourVariables()}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 ${FONT};font-variant-numeric:lining-nums}
main,header,footer{max-width:1048px;margin:0 auto;padding:0 24px}
header{padding-top:56px}
h1{font-size:clamp(1.75rem,4.5vw,2.6rem);line-height:1.12;letter-spacing:-.02em;margin:0 0 8px;overflow-wrap:anywhere;text-wrap:balance}
h2{font-size:1.5rem;line-height:1.2;letter-spacing:-.01em;margin:0 0 6px}
h3{font-size:1.02rem;line-height:1.3;margin:0 0 14px;overflow-wrap:anywhere}
p{margin:0 0 12px;max-width:70ch}
a{color:var(--series);text-decoration-thickness:1px;text-underline-offset:3px}
.subtitle{font-size:1.12rem;color:var(--soft);overflow-wrap:anywhere}
.lead,figcaption,.muted{color:var(--soft)}
section{margin:0;padding:44px 0 0;scroll-margin-top:8px}
nav{display:flex;flex-wrap:wrap;gap:4px 22px;margin:28px 0 0;padding:12px 0;border-block:1px solid var(--line)}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px;margin:28px 0 0;padding:0}
.tile{display:flex;flex-direction:column;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px}
.tile dt{order:1;color:var(--soft);font-size:.86rem;line-height:1.35;overflow-wrap:anywhere}
.tile dd{margin:0 0 2px;font-size:1.7rem;line-height:1.15;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:12px 24px;margin:24px 0 0}
.facts dt{color:var(--soft);font-size:.82rem}
.facts dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
figure,details{margin:18px 0 0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 26px}
details>figure{margin:16px 0 0;border:0;padding:0;border-radius:0}
summary{cursor:pointer;font-weight:600;overflow-wrap:anywhere}
summary .muted{font-weight:400;margin-left:.6em}
figcaption{margin:12px 0 0;font-size:.9rem;line-height:1.5;max-width:80ch}
.fig{display:block;max-width:100%;height:auto}
.narrow{display:none}
.scroll{overflow-x:auto;margin:18px 0 0;background:var(--card);border:1px solid var(--line);border-radius:12px}
details .scroll{border:0;border-radius:0;margin:12px 0 0}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:8px 16px;border-top:1px solid var(--line)}
thead th{border-top:0;color:var(--soft);font-weight:500;font-size:.82rem;white-space:nowrap}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.notes{margin:18px 0 0;padding:0 0 0 1.2em;color:var(--soft);font-size:.92rem}
.notes li{margin:0 0 4px;overflow-wrap:anywhere}
.mark{font-weight:600;margin-right:.8em}.found{color:var(--found)}.missed{color:var(--missed)}.alarm{color:var(--alarm)}
.text{white-space:pre-wrap;overflow-wrap:anywhere;font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.88rem;line-height:1.7}
p.text{max-width:none;margin:18px 0 0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:22px 26px}
.pairs{display:flex;flex-wrap:wrap;gap:6px 12px;margin:14px 0 0;max-width:none}
.pairs>span{display:inline-flex;flex-direction:column;line-height:1.35}
.substituted{color:var(--second);font-weight:600}
.deleted{color:var(--missed);font-weight:600}.deleted>:first-child,.key.deleted{text-decoration:line-through}
.inserted{color:var(--series);font-weight:600}.inserted>:last-child,.key.inserted{text-decoration:underline}
.said{display:flex;flex-wrap:wrap;gap:14px 10px;margin:14px 0 0;max-width:none;font-size:.88rem}
.said>span{display:inline-flex;flex-direction:column;align-items:center;gap:2px}
.seen{display:block;width:96px;background-size:100% 100%;print-color-adjust:exact}
.seen img{display:block;width:100%;height:100%;image-rendering:pixelated}
audio{display:block;width:100%;max-width:420px;height:40px;margin:14px 0 0}
${surpriseRules()}
footer{padding-top:48px;padding-bottom:48px;color:var(--soft);font-size:.86rem}
@media(max-width:${NARROW_SCREEN}px){
body{font-size:15.5px}
main,header,footer{padding-left:12px;padding-right:12px}
header{padding-top:28px}
section{padding-top:34px}
figure,details{padding:14px 10px}
.tiles{grid-template-columns:1fr 1fr;gap:8px}
.tile{padding:12px}.tile dd{font-size:1.4rem}
.facts{grid-template-columns:1fr 1fr;gap:10px 16px}
th,td{padding:7px 8px}table{font-size:.86rem}
.wide{display:none}.narrow{display:block}
.narrow .fig{width:100%;max-width:480px;margin:0 auto}
}
@media print{body{background:#fff}figure,details,.tile{break-inside:avoid}nav{display:none}}`;
