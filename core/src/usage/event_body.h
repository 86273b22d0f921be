// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/usage.h>

#include <functional>
#include <span>

/// The body of a usage record: many events that share a table of texts. Byte format: core/docs/format/billing.md
namespace carma::usage {

/// An event as it is in a record: texts are views into its bytes.
struct EventView {
    std::string_view source, id, customer, meter, reverses;
    Decimal value;
    std::int64_t timeUs = 0;
    std::vector<std::pair<std::string_view, std::string_view>> dimensions;
};
UsageEvent toEvent(const EventView& view);

/// Encodes as many of `events` from the first on as fit into a record, at least one; gives how many.
std::size_t encodeEvents(std::span<const UsageEvent> events, Bytes& body);
/// Visits the events of a body in order; the view is valid during the visit. Corruption if the bytes are no such body; Unsupported for a
/// newer version.
Result<void> decodeEvents(ByteView body, const std::function<void(std::uint32_t index, const EventView&)>& visit);

} // namespace carma::usage
