// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/billing.h>

namespace carma::billing {

std::string toJson(const Invoice& invoice);
std::string toCsv(const Invoice& invoice);
Result<std::string> toPdf(const Invoice& invoice);

} // namespace carma::billing
