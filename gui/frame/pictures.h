// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/settings.h"

#include <QString>

namespace carma::gui {

/// Draws every page of a store made of the sample corpus into PNG files in `folder`. False, with a line on stderr, if it cannot.
bool drawPictures(const QString& folder, Theme theme);

} // namespace carma::gui
