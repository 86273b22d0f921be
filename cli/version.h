// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace carma::cli {

class Printer;

/// "0.1.0", with the commit it was built from where that is known: "0.1.0+g1a2b3c4".
std::string_view versionText();
void printVersion(Printer& printer);

} // namespace carma::cli
