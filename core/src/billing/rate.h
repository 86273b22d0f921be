// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "billing/billing_book.h"
#include "usage/usage_book.h"

/// From usage and plans to lines. The same books give the same lines, byte for byte.
namespace carma::billing {

struct Rating {
    const BillingBook& billing;
    usage::UsageBook& usage;
    journal::Journal& journal; ///< that the usage is from
    std::int64_t nowUs = 0;    ///< what holds goes on holding until then
};

/// Flat fees, usage, minimum and cap of one month, in the order of time and plan; without taxes, credits and earlier periods.
Result<std::vector<InvoiceLine>> rateMonth(const Rating& rating, std::string_view customer, const Month& month);

/// The draft: lines of the month, adjustments of earlier periods that were billed already, taxes, prepaid credit, total.
Result<Invoice> draftInvoice(const Rating& rating, std::string_view customer, const Month& month);

/// A month is closed for a customer if it, or a later one, has an invoice that counts.
bool isClosed(const BillingBook& billing, std::string_view customer, const Month& month);

} // namespace carma::billing
