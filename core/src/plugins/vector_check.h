// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace carma::plugins {

/// How far from 1 the length of a vector may be: int8 and float16 models normalise to within some thousandths.
inline constexpr double kLengthTolerance = 0.01;

/// What is wrong with the first unsound vector, as the second half of a sentence; empty if all are finite and of length 1 or all
/// zeroes. REQUIRES: vectors.size() is a multiple of dimension
std::string problemOf(std::span<const float> vectors, std::uint32_t dimension);

} // namespace carma::plugins
