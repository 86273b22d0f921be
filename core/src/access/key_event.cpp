// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_event.h"

#include "access/key_form.h"
#include "base/body_version.h"

#include <algorithm>

namespace carma::access {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "a record of keys";
constexpr std::size_t kEventBytesMin = 1; // of one event: bounds what a count can make us reserve
constexpr std::size_t kDebtBytes = 16 + 1 + 8;

// The kinds are the places in the variant plus one. Part of the stored format: new ones go to its end.
static_assert(std::variant_size_v<KeyEvent> == 15);

void write(ByteWriter& writer, const LimitDebt& debt)
{
    writer.raw(std::as_bytes(std::span(debt.key.subject)));
    writer.number(static_cast<std::uint8_t>(debt.key.kind));
    writer.number(debt.untilUs);
}

void write(ByteWriter& writer, const PepperMade& event)
{
    writer.blob(event.sealed);
    writer.number(event.mark);
}

void write(ByteWriter& writer, const KeyCreated& event)
{
    writer.id(event.id);
    writer.raw(event.tag);
    writer.number(event.fingerprint);
    writer.text(event.owner);
    writer.text(event.label);
    writer.text(event.user);
    writer.number(event.position);
    writer.number(static_cast<std::uint8_t>(event.permission));
    writer.number(event.generation);
    writer.id(event.predecessor);
    writer.number(event.notBeforeUs);
    writer.number(event.expiresUs);
    writer.text(event.rateClass);
    writer.number(event.quotaADay);
    writer.number(static_cast<std::uint8_t>(event.credits ? 1 : 0));
    writer.number(event.credits.value_or(0));
    writer.number(static_cast<std::uint16_t>(event.scopes.size()));
    for (const KeyScope& scope : event.scopes) {
        writer.number(scope.operations);
        writer.text(scope.space);
        writer.text(scope.tag);
    }
    writer.number(static_cast<std::uint16_t>(event.addresses.size()));
    for (const AddressRange& range : event.addresses) {
        writer.raw(std::as_bytes(std::span(range.address)));
        writer.number(range.bits);
    }
}

void write(ByteWriter& writer, const KeyRotated& event)
{
    writer.id(event.id);
    writer.id(event.successor);
    writer.number(event.graceEndsUs);
}

void write(ByteWriter& writer, const KeySuspended& event)
{
    writer.id(event.id);
    writer.text(event.reason);
}

void write(ByteWriter& writer, const KeyResumed& event) { writer.id(event.id); }

void write(ByteWriter& writer, const KeyRevoked& event)
{
    writer.id(event.id);
    writer.text(event.reason);
}

void write(ByteWriter& writer, const KeyExpires& event)
{
    writer.id(event.id);
    writer.number(event.atUs);
}

void write(ByteWriter& writer, const CreditsAdded& event)
{
    writer.id(event.id);
    writer.number(event.credits);
}

void write(ByteWriter& writer, const KeyUsed& event)
{
    writer.id(event.id);
    writer.number(event.minuteUs);
    writer.number(event.uses);
    writer.number(event.spent);
}

void write(ByteWriter& writer, const LimitReserved& event) { write(writer, event.debt); }

void write(ByteWriter& /*writer*/, const LimitsOpened& /*event*/) {}

void write(ByteWriter& writer, const LimitsKept& event)
{
    writer.number(static_cast<std::uint32_t>(event.debts.size()));
    for (const LimitDebt& debt : event.debts) {
        write(writer, debt);
    }
}

constexpr unsigned kRotated = 1U << 0U;
constexpr unsigned kSuspended = 1U << 1U;
constexpr unsigned kRevoked = 1U << 2U;
constexpr unsigned kCounted = 1U << 3U;
constexpr unsigned kVouched = 1U << 4U;

void write(ByteWriter& writer, const KeyRestated& event)
{
    write(writer, event.made);
    writer.number(static_cast<std::uint8_t>((event.rotated ? kRotated : 0U) | (event.suspended ? kSuspended : 0U) |
        (event.revoked ? kRevoked : 0U) | (event.counted ? kCounted : 0U) | (event.vouched ? kVouched : 0U)));
    writer.number(event.createdUs);
    writer.number(event.expiresUs);
    writer.number(event.graceEndsUs);
    writer.id(event.successor);
    writer.text(event.reason);
    writer.number(event.uses);
    writer.number(event.lastUsedUs);
    writer.number(event.creditsTotal);
    writer.number(event.spent);
}

void write(ByteWriter& writer, const RateClassSet& event)
{
    writer.text(event.rateClass.name);
    for (const RateLimit* limit : {&event.rateClass.read, &event.rateClass.write, &event.rateClass.heavy}) {
        writer.number(limit->count);
        writer.number(limit->periodUs);
        writer.number(limit->burst);
    }
}

void write(ByteWriter& writer, const RateClassRemoved& event) { writer.text(event.name); }

LimitDebt readDebt(ByteReader& reader)
{
    LimitDebt debt;
    const ByteView subject = reader.raw(debt.key.subject.size());
    if (subject.size() == debt.key.subject.size()) {
        std::memcpy(debt.key.subject.data(), subject.data(), subject.size());
    }
    debt.key.kind = static_cast<LimitKind>(reader.number<std::uint8_t>());
    debt.untilUs = reader.number<std::int64_t>();
    return debt;
}

/// No value for fields that make no sense together.
std::optional<KeyCreated> readCreated(ByteReader& reader)
{
    KeyCreated event;
    event.id = reader.id<KeyId>();
    const ByteView tag = reader.raw(event.tag.size());
    std::ranges::copy(tag, event.tag.begin());
    event.fingerprint = reader.number<std::uint64_t>();
    event.owner = reader.text();
    event.label = reader.text();
    event.user = reader.text();
    event.position = reader.number<std::uint64_t>();
    event.permission = static_cast<KeyPermission>(reader.number<std::uint8_t>());
    event.generation = reader.number<std::uint32_t>();
    event.predecessor = reader.id<KeyId>();
    event.notBeforeUs = reader.number<std::int64_t>();
    event.expiresUs = reader.number<std::int64_t>();
    event.rateClass = reader.text();
    event.quotaADay = reader.number<std::uint64_t>();
    const auto counted = reader.number<std::uint8_t>();
    const auto credits = reader.number<std::uint64_t>();
    event.credits = counted == 1 ? std::optional(credits) : std::nullopt;
    for (auto left = reader.number<std::uint16_t>(); left > 0 && !reader.failed(); --left) {
        KeyScope scope;
        scope.operations = reader.number<std::uint32_t>();
        scope.space = reader.text();
        scope.tag = reader.text();
        event.scopes.push_back(std::move(scope));
    }
    for (auto left = reader.number<std::uint16_t>(); left > 0 && !reader.failed(); --left) {
        AddressRange range;
        std::ranges::copy(reader.raw(range.address.size()), std::as_writable_bytes(std::span(range.address)).begin());
        range.bits = reader.number<std::uint8_t>();
        event.addresses.push_back(range);
    }
    const bool userSound = event.user.size() == kUserChars &&
        std::ranges::all_of(event.user, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    const bool rangesSound = std::ranges::all_of(event.addresses, [](const AddressRange& range) { return range.bits <= 128; });
    const bool sound = userSound && rangesSound && counted <= 1 && event.position < kSeats && event.permission <= KeyPermission::Custom;
    return sound ? std::optional(std::move(event)) : std::nullopt;
}

std::optional<LimitsKept> readKept(ByteReader& reader)
{
    LimitsKept event;
    const auto count = reader.number<std::uint32_t>();
    if (count > reader.rest().size() / kDebtBytes) {
        return std::nullopt;
    }
    event.debts.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        event.debts.push_back(readDebt(reader));
    }
    return event;
}

std::optional<KeyRestated> readRestated(ByteReader& reader)
{
    auto made = readCreated(reader);
    if (!made) {
        return std::nullopt;
    }
    KeyRestated event;
    event.made = *std::move(made);
    const auto flags = reader.number<std::uint8_t>();
    event.rotated = (flags & kRotated) != 0;
    event.suspended = (flags & kSuspended) != 0;
    event.revoked = (flags & kRevoked) != 0;
    event.counted = (flags & kCounted) != 0;
    event.vouched = (flags & kVouched) != 0;
    event.createdUs = reader.number<std::int64_t>();
    event.expiresUs = reader.number<std::int64_t>();
    event.graceEndsUs = reader.number<std::int64_t>();
    event.successor = reader.id<KeyId>();
    event.reason = reader.text();
    event.uses = reader.number<std::uint64_t>();
    event.lastUsedUs = reader.number<std::int64_t>();
    event.creditsTotal = reader.number<std::uint64_t>();
    event.spent = reader.number<std::uint64_t>();
    return event;
}

/// No value for limits that no limiter takes.
std::optional<RateClassSet> readClass(ByteReader& reader)
{
    RateClassSet event;
    event.rateClass.name = reader.text();
    bool sound = true;
    for (RateLimit* limit : {&event.rateClass.read, &event.rateClass.write, &event.rateClass.heavy}) {
        limit->count = reader.number<std::uint64_t>();
        limit->periodUs = reader.number<std::int64_t>();
        limit->burst = reader.number<std::uint64_t>();
        sound = sound && checkLimit(*limit).has_value();
    }
    return sound ? std::optional(std::move(event)) : std::nullopt;
}

/// No value for a kind that is not known or what is no such event.
std::optional<KeyEvent> readEvent(ByteReader& reader)
{
    const auto idOf = [&] { return reader.id<KeyId>(); };
    switch (reader.number<std::uint8_t>()) {
    case 1: {
        PepperMade event;
        event.sealed = toBytes(reader.blob());
        event.mark = reader.number<std::uint64_t>();
        return event;
    }
    case 2: return readCreated(reader);
    case 3: {
        const KeyId id = idOf();
        const KeyId successor = idOf();
        return KeyRotated{id, successor, reader.number<std::int64_t>()};
    }
    case 4: {
        const KeyId id = idOf();
        return KeySuspended{id, reader.text()};
    }
    case 5: return KeyResumed{idOf()};
    case 6: {
        const KeyId id = idOf();
        return KeyRevoked{id, reader.text()};
    }
    case 7: {
        const KeyId id = idOf();
        return KeyExpires{id, reader.number<std::int64_t>()};
    }
    case 8: {
        const KeyId id = idOf();
        return CreditsAdded{id, reader.number<std::uint64_t>()};
    }
    case 9: {
        KeyUsed event;
        event.id = idOf();
        event.minuteUs = reader.number<std::int64_t>();
        event.uses = reader.number<std::uint64_t>();
        event.spent = reader.number<std::uint64_t>();
        return event;
    }
    case 10: return LimitReserved{readDebt(reader)};
    case 11: return LimitsOpened{};
    case 12: return readKept(reader);
    case 13: return readRestated(reader);
    case 14: return readClass(reader);
    case 15: return RateClassRemoved{reader.text()};
    default: return std::nullopt;
    }
}

} // namespace

Bytes encodeEvents(std::int64_t timeUs, std::span<const KeyEvent> events)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(timeUs);
    writer.number(static_cast<std::uint32_t>(events.size()));
    for (const KeyEvent& event : events) {
        writer.number(static_cast<std::uint8_t>(event.index() + 1));
        std::visit([&](const auto& value) { write(writer, value); }, event);
    }
    return bytes;
}

Result<DecodedEvents> decodeEvents(ByteView bytes)
{
    CARMA_TRY_ASSIGN(ByteReader reader, openBody(bytes, kVersion, kWhat));
    DecodedEvents decoded;
    decoded.timeUs = reader.number<std::int64_t>();
    const auto count = reader.number<std::uint32_t>();
    if (count > reader.rest().size() / kEventBytesMin) {
        return unreadableBody(kWhat);
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        auto event = readEvent(reader);
        if (!event || reader.failed()) {
            return unreadableBody(kWhat);
        }
        decoded.events.push_back(*std::move(event));
    }
    CARMA_TRY(closeBody(reader, kWhat));
    return decoded;
}

} // namespace carma::access
