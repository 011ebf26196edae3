import { listBundles, ModelBundle } from "./bundle";
import { VideoPredictor } from "./video_predictor";
import { frameSize } from "./signatures";

const t0 = performance.now();
const predictor = new VideoPredictor();
const names = await listBundles("bundles");
const bundle = await ModelBundle.open(`bundles/${names[0]}`);
const s = bundle.signatures;
const model = await bundle.read(bundle.variants()[0].file);
await predictor.call("open", { model, signatures: s }, [model]);
const past = new Float32Array(s.numPast * frameSize(s));
let pose = await predictor.call("prime", past);
document.title = "primed " + (performance.now() - t0);
let sum = 0;
const t1 = performance.now();
for (let i = 0; i < 200; i++) {
  const r = await predictor.call("step", pose);
  pose = r.nextPose;
  sum += r.milliseconds;
}
document.title += ` step ${sum / 200} wall ${(performance.now() - t1) / 200} pose ${pose}`;
