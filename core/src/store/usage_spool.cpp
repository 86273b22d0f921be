// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/usage_spool.h"

#include "usage/event_body.h"

#include <array>
#include <utility>

namespace carma::store {

namespace {

constexpr std::string_view kFolder = "usage";
constexpr std::string_view kQuarantine = "quarantine";
constexpr std::string_view kEnd = ".usage";
constexpr std::string_view kUse = "carma usage left by readers";
constexpr std::uint64_t kFileBytesMax = 4U << 20U;
constexpr std::size_t kEventsAtOnce = 50'000;

std::string pathOf(std::string_view folder, std::string_view name) { return std::string(folder) + "/" + std::string(name); }

} // namespace

UsageSpool::UsageSpool(Place place, const SecretBytes& key)
    : m_place(std::move(place)), m_key(key.view()), m_associated(toBytes(std::string(kUse) + std::string(asText(m_place.store.view()))))
{
}

Result<void> UsageSpool::leave(std::span<const UsageEvent> events)
{
    CARMA_TRY(m_place.disk.makeFolder(kFolder));
    while (!events.empty()) {
        Bytes body;
        const std::size_t taken = usage::encodeEvents(events, body);
        std::array<std::byte, crypto::kNonceBytes> nonce{};
        m_place.random.fill(nonce);
        Bytes sealed;
        m_key.seal(nonce, m_associated, body, sealed);
        const std::string name = toHex(nonce);
        const std::string aside = pathOf(kFolder, name + ".part");
        {
            CARMA_TRY_ASSIGN(const auto file, m_place.disk.open(aside, OpenMode::CreateNew));
            CARMA_TRY(file->writeAt(0, sealed));
        }
        CARMA_TRY(m_place.disk.rename(aside, pathOf(kFolder, name + std::string(kEnd))));
        events = events.subspan(taken);
    }
    return {};
}

Result<std::vector<UsageEvent>> UsageSpool::read(const std::string& name)
{
    CARMA_TRY_ASSIGN(const Bytes sealed, readWholeFile(m_place.disk, pathOf(kFolder, name), kFileBytesMax));
    CARMA_TRY_ASSIGN(const Bytes body, m_key.open(m_associated, sealed));
    std::vector<UsageEvent> events;
    CARMA_TRY(usage::decodeEvents(body, [&](std::uint32_t, const usage::EventView& view) { events.push_back(usage::toEvent(view)); }));
    return events;
}

Result<void> UsageSpool::takeIn(const Record& record)
{
    const auto files = m_place.disk.list(kFolder);
    if (!files.has_value()) {
        return {}; // no reader ever left anything
    }
    Left left;
    for (const FileInfo& file : *files) {
        if (file.isDirectory || !file.name.ends_with(kEnd)) {
            continue;
        }
        auto events = read(file.name);
        if (!events.has_value()) {
            const ErrorCode code = events.error().code;
            if (code != ErrorCode::Io && code != ErrorCode::NotFound) {
                setAside(file.name, events.error().message);
            }
            continue; // a device that refused for a moment: next time
        }
        left.names.push_back(file.name);
        std::ranges::move(*events, std::back_inserter(left.events));
        if (left.events.size() >= kEventsAtOnce) {
            CARMA_TRY(hand(std::exchange(left, {}), record));
        }
    }
    return left.names.empty() ? Result<void>() : hand(left, record);
}

Result<void> UsageSpool::hand(const Left& left, const Record& record)
{
    const auto recorded = record(left.events);
    const bool refused = !recorded.has_value() && recorded.error().code == ErrorCode::InvalidArgument;
    if (!recorded.has_value() && !refused) {
        return recorded;
    }
    if (refused && left.names.size() > 1) { // one of them: find it
        for (const std::string& name : left.names) {
            auto events = read(name);
            if (events.has_value()) {
                CARMA_TRY(hand({{name}, *std::move(events)}, record));
            }
        }
        return {};
    }
    for (const std::string& name : left.names) {
        if (refused) {
            setAside(name, recorded.error().message);
        } else {
            CARMA_TRY(m_place.disk.remove(pathOf(kFolder, name)));
        }
    }
    return {};
}

void UsageSpool::setAside(const std::string& name, const std::string& why)
{
    const bool moved = m_place.disk.makeFolder(kQuarantine).has_value() &&
        m_place.disk.rename(pathOf(kFolder, name), pathOf(kQuarantine, "usage-" + name)).has_value();
    if (m_place.onNotice) {
        m_place.onNotice("usage that a reader left in " + pathOf(kFolder, name) + " is not counted (" + why + ")" +
            (moved ? "; it is in the quarantine" : ""));
    }
}

} // namespace carma::store
