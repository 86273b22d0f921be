// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/recovery.h"

namespace carma::log {

/// The quick way through a segment where nothing is wrong: reads every sector once and compares it with its check, which is kept in two
/// shards. The payload digest is left to repair and to the proof of the history: against damage 128 bits a sector are enough, and
/// SHA-256 would halve the speed. No value as soon as anything is not as it should be; recoverSegment then finds out what.
std::optional<Segment::ScrubOutcome> scanSoundSegment(const SegmentContext& context);

} // namespace carma::log
