// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/store.h>

namespace carma::gui {

/// Keys, a plan, what was used and what was billed for it, so that pictures of the pages show what they show in a store that is in use.
/// `nowUs` is the wall time.
Result<void> fillSamples(Store& store, std::int64_t nowUs);

} // namespace carma::gui
