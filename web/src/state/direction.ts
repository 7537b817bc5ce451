/** Words in the names of metrics that say which values are better. */
const MORE = new Set(["acc", "accuracy", "reward", "rewards", "return", "score", "f1", "auc", "auroc", "ap", "map", "bleu", "rouge", "iou", "dice", "precision", "recall", "psnr", "ssim", "r2", "throughput", "success", "win"]);
const LESS = new Set(["loss", "error", "err", "time", "latency", "perplexity", "ppl", "wer", "cer", "mse", "rmse", "mae", "fid", "nll"]);

/** Guesses from the name of a metric which of two values is better; null where the name says nothing. */
export function directionOf(metric: string): "more" | "less" | null {
  const words = metric.toLowerCase().split(/[^a-z0-9]+/);
  if (words.some((word) => LESS.has(word))) return "less";
  return words.some((word) => MORE.has(word)) ? "more" : null;
}

/** Whether the greater of two values is the better one; without a word about it, it is the lesser. */
export function isMoreBetter(metric: string): boolean {
  return directionOf(metric) === "more";
}
