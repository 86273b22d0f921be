// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scrub/beacon_state.h"

#include <carma/store.h>

namespace carma {

namespace {

class StoreHost final : public BeaconHost {
public:
    explicit StoreHost(Store& store) : m_store(store) {}

    Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& task) override { return m_store.health().scrubSome(from, task); }
    Result<HealReport> heal(const Task& task) override { return m_store.health().heal(task); }
    Result<std::vector<FolderAlert>> alerts() override { return m_store.health().alerts(); }
    Result<BeaconState> load() override
    {
        CARMA_TRY_ASSIGN(const std::string note, m_store.health().beaconNote());
        return scrub::decodeState(note);
    }
    Result<void> save(const BeaconState& state) override { return m_store.health().setBeaconNote(scrub::encodeState(state)); }

private:
    Store& m_store;
};

/// Reads with a store that is kept open; what fails has it opened anew the next time.
class OpeningHost final : public BeaconHost {
public:
    using Opener = std::function<Result<std::unique_ptr<Store>>(bool)>;
    explicit OpeningHost(Opener open) : m_open(std::move(open)) {}

    Result<ScrubStep> scrubSome(const ScrubPosition& from, const Task& task) override
    {
        return asked([&](StoreHost& host) { return host.scrubSome(from, task); });
    }
    Result<std::vector<FolderAlert>> alerts() override
    {
        return asked([](StoreHost& host) { return host.alerts(); });
    }
    Result<BeaconState> load() override
    {
        return asked([](StoreHost& host) { return host.load(); });
    }
    Result<void> save(const BeaconState& state) override
    {
        return asked([&](StoreHost& host) { return host.save(state); });
    }
    Result<HealReport> heal(const Task& task) override
    {
        m_reader.reset(); // it would look at files that are about to be replaced
        CARMA_TRY_ASSIGN(const auto store, m_open(false));
        CARMA_TRY_ASSIGN(HealReport report, store->health().heal(task));
        CARMA_TRY(store->close());
        return report;
    }

private:
    template <typename Ask> auto asked(Ask ask) -> decltype(ask(std::declval<StoreHost&>()))
    {
        if (m_reader == nullptr) {
            CARMA_TRY_ASSIGN(m_reader, m_open(true));
        }
        StoreHost host(*m_reader);
        auto answer = ask(host);
        if (!answer.has_value()) {
            m_reader.reset();
        }
        return answer;
    }

    Opener m_open;
    std::unique_ptr<Store> m_reader;
};

} // namespace

std::unique_ptr<BeaconHost> makeBeaconHost(Store& store) { return std::make_unique<StoreHost>(store); }

std::unique_ptr<BeaconHost> makeBeaconHost(std::function<Result<std::unique_ptr<Store>>(bool readOnly)> open)
{
    return std::make_unique<OpeningHost>(std::move(open));
}

} // namespace carma
