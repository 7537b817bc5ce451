/** Words in the names of metrics of which more is better; of all others less is. */
const MORE = new Set(["acc", "accuracy", "reward", "rewards", "return", "score", "f1", "auc", "auroc", "ap", "map", "bleu", "rouge", "iou", "dice", "precision", "recall", "psnr", "ssim", "r2", "throughput", "success", "win"]);
const LESS = new Set(["loss", "error", "err", "time", "latency"]);

/** Guesses from the name of a metric whether the greater of two values is the better one. */
export function isMoreBetter(metric: string): boolean {
  const words = metric.toLowerCase().split(/[^a-z0-9]+/);
  return words.some((word) => MORE.has(word)) && !words.some((word) => LESS.has(word));
}
