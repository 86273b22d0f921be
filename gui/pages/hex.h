// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string_view>

namespace carma::gui {

/// Sixteen bytes a line: place, bytes, and what of them is printable ASCII. At most `bytesMax`, and then a line that says so.
QString hexText(std::string_view bytes, std::size_t bytesMax);

} // namespace carma::gui
