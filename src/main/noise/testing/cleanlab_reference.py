"""Answers of the reference implementation (cleanlab) to the cases of reference-cases.ts: JSON of inputs in, JSON of outputs out."""
import contextlib
import io
import json
import sys
import warnings

import cleanlab
import numpy as np
from cleanlab import count, filter as label_filter, multiannotator, rank
from cleanlab.internal.multiannotator_utils import find_best_temp_scaler

METHODS = ["prune_by_class", "prune_by_noise_rate", "both", "confident_learning", "predicted_neq_given", "low_self_confidence", "low_normalized_margin"]
SCORES = ["self_confidence", "normalized_margin", "confidence_weighted_entropy"]
SCORES_KEPT = 24


def numbers(values):
    """A flat list of twelve significant digits, None for NaN."""
    return [None if value != value else float(f"{value:.12g}") for value in np.asarray(values, dtype=float).ravel()]


def confident(case):
    labels = np.array(case["labels"])
    probs = np.array(case["probabilities"], dtype=float).reshape(len(labels), -1)
    joint = count.compute_confident_joint(labels, probs)
    prior, noise, inverse = count.estimate_latent(joint, labels)

    def score(method, adjusted):
        return numbers(rank.get_label_quality_scores(labels, probs, method=method, adjust_pred_probs=adjusted)[:SCORES_KEPT])

    return {
        "name": case["name"],
        "thresholds": numbers(count.get_confident_thresholds(labels, probs)),
        "calibrated": numbers(joint),
        "uncalibrated": numbers(count.compute_confident_joint(labels, probs, calibrate=False)),
        "joint": numbers(count.estimate_joint(labels, probs)),
        "noiseMatrix": numbers(noise),
        "inverseNoiseMatrix": numbers(inverse),
        "prior": numbers(prior),
        "numLabelIssues": int(count.num_label_issues(labels, probs)),
        "issues": {m.replace("_", "-"): np.flatnonzero(label_filter.find_label_issues(labels, probs, filter_by=m, n_jobs=1)).tolist() for m in METHODS},
        "scores": {m.replace("_", "-"): score(m, False) for m in SCORES},
        "adjusted": {m.replace("_", "-"): score(m, True) for m in SCORES[:2]},
    }


def annotators(case):
    votes = np.array(case["votes"], dtype=float)
    votes[votes < 0] = np.nan
    labels = votes.T
    classes = case["classes"]
    probs = np.array(case["probabilities"], dtype=float).reshape(-1, classes)
    unlabelled = np.array(case["unlabelled"], dtype=float).reshape(-1, classes)
    answer = {"name": case["name"]}
    for ours, theirs in (("best-quality", "best_quality"), ("majority", "majority_vote")):
        result = multiannotator.get_label_quality_multiannotator(labels, probs, consensus_method=theirs, return_weights=True, verbose=False)
        stats = result["annotator_stats"].sort_index()
        answer[ours] = {
            "consensus": numbers(result["label_quality"]["consensus_label"]),
            "quality": numbers(result["label_quality"]["consensus_quality_score"]),
            "agreement": numbers(result["label_quality"]["annotator_agreement"]),
            "labelQuality": numbers(result["detailed_label_quality"].to_numpy().T),
            "annotatorQuality": numbers(stats["annotator_quality"]),
            "agreementWithConsensus": numbers(stats["agreement_with_consensus"]),
            "annotatorWeights": numbers(result["annotator_weight"]),
            "modelWeight": float(result["model_weight"]),
        }
    labelled_scores, unlabelled_scores = multiannotator.get_active_learning_scores(labels, probs, unlabelled)
    answer["temperature"] = float(find_best_temp_scaler(labels, probs))
    answer["active"] = {"labelled": numbers(labelled_scores), "unlabelled": numbers(unlabelled_scores)}
    return answer


def main():
    warnings.simplefilter("ignore")
    with open(sys.argv[1]) as file:
        cases = json.load(file)
    with contextlib.redirect_stdout(io.StringIO()):
        answers = {"confident": [confident(c) for c in cases["confident"]], "annotators": [annotators(c) for c in cases["annotators"]]}
    with open(sys.argv[2], "w") as file:
        json.dump({"version": cleanlab.__version__, **answers}, file)


if __name__ == "__main__":
    main()
