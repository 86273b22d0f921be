// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_engine/dictionary_text.h"
#include "core/log_engine/log_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <array>
#include <atomic>
#include <thread>

using namespace carma;
using namespace carma::log;
using carma::test::LogFixture;
using carma::test::SeededRandom;

namespace {

constexpr unsigned kThreads = 4;

/// Holds those who ask for random bytes until all threads are there, for a while: what was checked before may be old by then.
class MeetingRandom final : public Random {
public:
    void fill(ByteSpan out) override
    {
        ++m_waiting;
        for (int i = 0; i < 1'000 && m_waiting < kThreads; ++i) {
            std::this_thread::yield();
        }
        m_random.fill(out);
    }
    void part() { m_waiting = 0; }

private:
    SeededRandom m_random{5};
    std::atomic<unsigned> m_waiting{0};
};

/// Runs `work` on several threads at once.
template <typename Work> void together(const Work& work)
{
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] { work(i); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

Result<std::unique_ptr<Log>> openWith(LogFixture& fixture, Random& random)
{
    CARMA_TRY(fixture.close());
    return Log::open({fixture.disk, fixture.clock, random, *fixture.executor}, fixture.superblock, fixture.keys->clone(), {});
}

} // namespace

class TestConcurrentKeys : public QObject {
    Q_OBJECT

private slots:
    void aNameIsGivenOnceToManyThreads()
    {
        LogFixture fixture;
        MeetingRandom meeting;
        const auto log = openWith(fixture, meeting);
        VERIFY_OK(log);
        for (std::size_t round = 0; round < 4; ++round) {
            meeting.part();
            std::atomic<unsigned> made{0};
            const std::string name = "space " + std::to_string(round);
            together([&](unsigned) { made += (*log)->keys().createSpace(name).has_value() ? 1 : 0; });
            QCOMPARE(made.load(), 1U);
            QCOMPARE((*log)->keys().all().size(), 3 + round);
        }
    }

    void eachDictionaryGetsANumberOfItsOwn()
    {
        LogFixture fixture;
        const auto dictionary = carma::test::trainOn("The harbour master");
        VERIFY_OK(dictionary);
        MeetingRandom meeting;
        const auto log = openWith(fixture, meeting);
        VERIFY_OK(log);
        std::array<std::uint32_t, kThreads> numbers{};
        together([&](unsigned i) { numbers[i] = (*log)->keys().addDictionary(fixture.spaces[0], *dictionary).value(); });
        std::ranges::sort(numbers);
        QVERIFY((numbers == std::array<std::uint32_t, kThreads>{1, 2, 3, 4}));
        QCOMPARE((*(*log)->keys().find(fixture.spaces[0]))->dictionaries.size(), 4U);
        VERIFY_OK(fixture.open());
        QCOMPARE((*fixture.log->keys().find(fixture.spaces[0]))->dictionaries.size(), 4U);
    }

    void recordsAreSealedWhileNamespacesAreMade()
    {
        LogFixture fixture(1, 2);
        std::atomic<bool> done{false};
        std::thread maker([&] {
            for (int i = 0; i < 20; ++i) {
                (void)fixture.log->keys().createSpace("space " + std::to_string(i)).has_value();
            }
            done = true;
        });
        Result<void> appended;
        while (!done && appended.has_value()) {
            appended = fixture.append({60, 500});
        }
        maker.join();
        VERIFY_OK(appended);
        QCOMPARE(fixture.log->keys().all().size(), 22U);
        VERIFY_NOTHING_WRONG(fixture.check());
    }
};

CARMA_TEST_CLASS(TestConcurrentKeys, "test_concurrent_keys")

#include "test_concurrent_keys.moc"
