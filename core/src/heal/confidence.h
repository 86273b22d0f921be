// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "heal/reconstruct.h"

#include <span>
#include <vector>

/// How far a guess can be believed.
namespace carma::heal {

/// A step of the fitted curve: guesses whose error is at most `error` are right in this share of their words.
struct ConfidenceStep {
    float error = 0;
    float share = 0;
};

/// Isotonic regression by pooling neighbours that are out of order (M. Ayer and others, "An empirical distribution function for sampling
/// with incomplete information", 1955): the falling curve that is nearest to the points in least squares. Points are (error, share of
/// words that were right), each with the same weight.
std::vector<ConfidenceStep> fitFalling(std::vector<ConfidenceStep> points);

/// The share of a guess's words that stood in the text, as expected from damage that was done to texts whose words are known. Fitted by
/// tests/eval/carma-calibrate, which also says what it is wrong by on texts that it was not fitted to.
float confidenceOf(const Guess& guess);
float shareAt(std::span<const ConfidenceStep> curve, float error);

} // namespace carma::heal
