// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/billing.h>

#include <variant>

/// What the body of a billing record says. Byte format: core/docs/format/billing.md
namespace carma::billing {

struct PlanAdded {
    std::string json;
};
struct Unsubscribed {
    std::string customer;
    std::int64_t fromUs = 0;
};
struct Grant {
    std::string customer;
    std::int64_t amount = 0;
    std::string reason;
};
struct StateChange {
    std::uint64_t number = 0; ///< of an invoice
    InvoiceState state{};     ///< Paid or Void
    std::string reason;
};
struct MeteringSwitch {
    bool on = false;
};
/// Under which name usage events tell of a customer. Without this record nobody can say who it is.
struct Pseudonym {
    std::string customer;
    std::string alias;
};

using Item = std::variant<PlanAdded, Subscription, Unsubscribed, Grant, Invoice, StateChange, UsageAlert, MeteringSwitch, Pseudonym>;

/// The customer that an item is about; empty for none, and for changes of an invoice's state, which have a number only.
std::string_view customerOf(const Item& item);

Bytes encodeItem(const Item& item);
/// Corruption if the bytes are no such body; Unsupported for a newer version.
Result<Item> decodeItem(ByteView bytes);

} // namespace carma::billing
