// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/anomaly_body.h"

#include "base/body_version.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace carma::anomaly {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "an anomaly record";
constexpr std::size_t kReasonsMax = 3;

/// Part of the stored format, do not renumber.
enum class Tag : std::uint8_t { Found = 1, Block = 2, Unblock = 3, Policy = 4, Lift = 5 };

void real(ByteWriter& writer, double value) { writer.number(std::bit_cast<std::uint64_t>(value)); }

/// Nothing that is stored is infinite or no number: what comes is not trusted to be so.
double real(ByteReader& reader)
{
    const auto value = std::bit_cast<double>(reader.number<std::uint64_t>());
    return std::isfinite(value) ? value : 0;
}

void prefix(ByteWriter& writer, const Prefix& value)
{
    for (const std::uint8_t byte : value.bytes) {
        writer.number(byte);
    }
    writer.number(value.bits);
}

bool prefix(ByteReader& reader, Prefix& value)
{
    for (std::uint8_t& byte : value.bytes) {
        byte = reader.number<std::uint8_t>();
    }
    value.bits = reader.number<std::uint8_t>();
    constexpr std::uint8_t kBitsMax = 128;
    return value.bits <= kBitsMax && value.widened(value.bits) == value;
}

void write(ByteWriter& writer, const Anomaly& found)
{
    writer.number(static_cast<std::uint8_t>(Tag::Found));
    writer.number(static_cast<std::uint8_t>(found.kind));
    writer.number(static_cast<std::uint8_t>(found.action));
    writer.number(found.timeUs);
    writer.number(found.expiresUs);
    real(writer, found.score);
    writer.text(found.subject);
    const std::size_t count = std::min(found.reasons.size(), kReasonsMax);
    writer.number(static_cast<std::uint8_t>(count));
    for (std::size_t i = 0; i < count; ++i) {
        writer.text(found.reasons[i].feature);
        real(writer, found.reasons[i].value);
        real(writer, found.reasons[i].usual);
        real(writer, found.reasons[i].weight);
    }
}

void write(ByteWriter& writer, const Block& block)
{
    writer.number(static_cast<std::uint8_t>(Tag::Block));
    writer.number(static_cast<std::uint8_t>(block.origin));
    prefix(writer, block.prefix);
    writer.number(block.sinceUs);
    writer.number(block.lastsUs);
    writer.number(block.strikes);
    writer.text(block.reason);
}

void write(ByteWriter& writer, const Unblock& unblock)
{
    writer.number(static_cast<std::uint8_t>(Tag::Unblock));
    prefix(writer, unblock.prefix);
    writer.text(unblock.reason);
}

void write(ByteWriter& writer, const AnomalyPolicy& policy)
{
    writer.number(static_cast<std::uint8_t>(Tag::Policy));
    for (const AnomalyRule& rule : policy.rules) {
        real(writer, rule.threshold);
        writer.number(static_cast<std::uint8_t>(rule.action));
        writer.number(rule.lastsUs);
    }
}

void write(ByteWriter& writer, const Lift& lift)
{
    writer.number(static_cast<std::uint8_t>(Tag::Lift));
    writer.text(lift.subject);
    writer.text(lift.reason);
}

bool readInto(ByteReader& reader, Anomaly& found)
{
    const auto kind = reader.number<std::uint8_t>();
    const auto action = reader.number<std::uint8_t>();
    found.kind = static_cast<AnomalyKind>(kind);
    found.action = static_cast<AnomalyAction>(action);
    found.timeUs = reader.number<std::int64_t>();
    found.expiresUs = reader.number<std::int64_t>();
    found.score = real(reader);
    found.subject = reader.text();
    const auto count = reader.number<std::uint8_t>();
    if (kind >= kAnomalyKinds || action >= kAnomalyActions || count > kReasonsMax) {
        return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
        AnomalyReason& reason = found.reasons.emplace_back();
        reason.feature = reader.text();
        reason.value = real(reader);
        reason.usual = real(reader);
        reason.weight = real(reader);
    }
    return true;
}

bool readInto(ByteReader& reader, Block& block)
{
    const auto origin = reader.number<std::uint8_t>();
    block.origin = static_cast<BlockOrigin>(origin);
    const bool known = prefix(reader, block.prefix);
    block.sinceUs = reader.number<std::int64_t>();
    block.lastsUs = reader.number<std::int64_t>();
    block.strikes = reader.number<std::uint32_t>();
    block.reason = reader.text();
    constexpr std::int64_t kLastsMax = 36'500LL * 86'400'000'000; // a century: sums of times stay within their numbers
    const bool timed = block.sinceUs >= 0 && block.sinceUs <= INT64_MAX / 2 && block.lastsUs >= 0 && block.lastsUs <= kLastsMax;
    const bool ends = block.origin != BlockOrigin::Automatic || block.lastsUs > 0;
    return known && timed && ends && origin <= static_cast<std::uint8_t>(BlockOrigin::Allowed);
}

bool readInto(ByteReader& reader, Unblock& unblock)
{
    const bool known = prefix(reader, unblock.prefix);
    unblock.reason = reader.text();
    return known;
}

bool readInto(ByteReader& reader, AnomalyPolicy& policy)
{
    bool known = true;
    for (AnomalyRule& rule : policy.rules) {
        rule.threshold = real(reader);
        const auto action = reader.number<std::uint8_t>();
        rule.action = static_cast<AnomalyAction>(action);
        rule.lastsUs = reader.number<std::int64_t>();
        known = known && action < kAnomalyActions;
    }
    return known;
}

bool readInto(ByteReader& reader, Lift& lift)
{
    lift.subject = reader.text();
    lift.reason = reader.text();
    return true;
}

template <typename T> Result<Item> readAs(ByteReader& reader)
{
    T value;
    if (!readInto(reader, value) || !reader.atEnd()) {
        return unreadableBody(kWhat);
    }
    return Item(std::move(value));
}

} // namespace

Bytes encodeItem(const Item& item)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    std::visit([&](const auto& value) { write(writer, value); }, item);
    return bytes;
}

Result<Item> decodeItem(ByteView bytes)
{
    CARMA_TRY_ASSIGN(ByteReader reader, openBody(bytes, kVersion, kWhat));
    switch (static_cast<Tag>(reader.number<std::uint8_t>())) {
    case Tag::Found: return readAs<Anomaly>(reader);
    case Tag::Block: return readAs<Block>(reader);
    case Tag::Unblock: return readAs<Unblock>(reader);
    case Tag::Policy: return readAs<AnomalyPolicy>(reader);
    case Tag::Lift: return readAs<Lift>(reader);
    }
    return Error{ErrorCode::Corruption, "an anomaly record is of a kind that is not known"};
}

} // namespace carma::anomaly
