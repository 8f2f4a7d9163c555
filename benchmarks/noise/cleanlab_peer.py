"""Times the reference implementation of confident learning: labels (int32) and probabilities (float64) in, JSON out."""
import json
import sys
import time
import warnings

import cleanlab
import numpy as np
from cleanlab import count, filter as label_filter, rank

METHODS = ["prune_by_class", "prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given", "low_self_confidence", "low_normalized_margin"]
SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]


def main():
    warnings.simplefilter("ignore")
    labels = np.fromfile(sys.argv[1], dtype=np.int32).astype(int)
    probs = np.fromfile(sys.argv[2], dtype=np.float64).reshape(len(labels), -1)
    repeats = int(sys.argv[3])

    def flag():
        return label_filter.find_label_issues(labels, probs)

    def estimate():
        count.get_confident_thresholds(labels, probs)
        joint = count.compute_confident_joint(labels, probs)
        count.compute_confident_joint(labels, probs, calibrate=False)
        count.estimate_latent(joint, labels)
        count.num_label_issues(labels, probs)

    def everything():
        estimate()
        for method in METHODS:
            label_filter.find_label_issues(labels, probs, filter_by=method)
        for method in SCORES:
            rank.get_label_quality_scores(labels, probs, method=method)

    def best(work):
        times = []
        for _ in range(repeats):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
        return min(times)

    def learn():
        estimate()
        flag()
        rank.get_label_quality_scores(labels, probs)

    flagged = np.flatnonzero(flag())
    checksum = int((flagged % 1000003 * (np.arange(len(flagged)) % 1009)).sum() % 1000000007)
    print(json.dumps({"version": cleanlab.__version__, "flagged": len(flagged), "checksum": checksum, "flagSeconds": best(flag), "learnSeconds": best(learn), "everythingSeconds": best(everything)}))


if __name__ == "__main__":
    main()
