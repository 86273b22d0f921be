// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment/recovery.h"

namespace carma::log {

/// Proves what recoverUnproven healed in memory and writes it back to the files; see Segment::repair.
/// Every step leaves at least what was there before: sectors are written only over damaged ones, with the same content but
/// for the damage, and whole files are written aside, verified and renamed.
Result<Segment::RepairOutcome> repairSegment(const SegmentContext& context, Recovery& recovery, const std::string& quarantine);

} // namespace carma::log
