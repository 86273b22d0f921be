// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

using namespace carma;
using namespace carma::test;

namespace {

/// Runs the jobs on a thread each, all from the same moment, and collects what they have to complain about.
std::string runTogether(const std::vector<std::function<std::string()>>& jobs)
{
    std::vector<std::string> complaints(jobs.size());
    std::atomic<bool> go = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        threads.emplace_back([&, i] {
            go.wait(false);
            complaints[i] = jobs[i]();
        });
    }
    go = true;
    go.notify_all();
    std::string all;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        threads[i].join();
        all += complaints[i].empty() ? "" : std::to_string(i) + ": " + complaints[i] + "\n";
    }
    return all;
}

template <typename T> std::string complaintOf(const Result<T>& result) { return result.has_value() ? "" : result.error().message; }

/// What writers were told is durable, for readers to ask back.
class Written {
public:
    void add(const FragmentId& id, const std::string& text)
    {
        const std::scoped_lock lock(m_mutex);
        m_texts[id] = text;
        m_order.push_back(id);
    }
    void remove(const FragmentId& id)
    {
        const std::scoped_lock lock(m_mutex);
        m_texts.erase(id);
    }
    /// Some note that is still there; none if there is none.
    std::optional<std::pair<FragmentId, std::string>> any(std::size_t number) const
    {
        const std::scoped_lock lock(m_mutex);
        if (m_order.empty()) {
            return std::nullopt;
        }
        const auto found = m_texts.find(m_order[number % m_order.size()]);
        return found == m_texts.end() ? std::nullopt : std::optional(*found);
    }
    bool has(const FragmentId& id) const
    {
        const std::scoped_lock lock(m_mutex);
        return m_texts.contains(id);
    }
    std::map<FragmentId, std::string> all() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_texts;
    }

private:
    mutable std::mutex m_mutex;
    std::map<FragmentId, std::string> m_texts;
    std::vector<FragmentId> m_order;
};

std::string noteText(int writer, int number)
{
    return "writer " + std::to_string(writer) + " note " + std::to_string(number) + " " + textAbout("birds", 5 + number * 7 % 60);
}

std::string writeNotes(Store& store, Written& written, int writer, int count)
{
    const std::string space = "space " + std::to_string(count); // all writers make it at once
    for (int i = 0; i < count; ++i) {
        const std::string text = noteText(writer, i);
        const auto ids = store.memory().remember(space, {{text, "note", "", {"bird"}}});
        if (!ids.has_value()) {
            return ids.error().message;
        }
        written.add(ids->front(), text);
    }
    return {};
}

/// Every note that was acknowledged can be read back at once, whatever else goes on.
std::string readNotes(Store& store, const Written& written, const std::atomic<int>& writing)
{
    for (std::size_t round = 0; writing > 0; ++round) {
        if (const auto note = written.any(round * 7919)) {
            const auto original = store.memory().original(note->first);
            const bool good = original.has_value() && *original == note->second;
            if (!good && written.has(note->first)) { // else it was forgotten meanwhile
                return original.has_value() ? "other text than was written" : original.error().message;
            }
        }
        if (const auto listed = store.memory().list({}); !listed.has_value()) {
            return listed.error().message;
        }
    }
    return {};
}

std::string askAround(Store& store, const std::atomic<int>& writing)
{
    while (writing > 0) {
        QueryOptions options;
        options.allSpaces = true;
        const auto answer = store.memory().query("nobody knows birds", options);
        const bool empty = !answer.has_value() && answer.error().code == ErrorCode::NotFound; // before the first note
        if (!answer.has_value() && !empty) {
            return answer.error().message;
        }
        if (const auto status = store.health().status(); !status.has_value()) {
            return status.error().message;
        }
    }
    return {};
}

} // namespace

/// QVERIFY that prints the complaints.
#define VERIFY_SILENT(expression)                                                                                                          \
    do {                                                                                                                                   \
        const std::string complaints = (expression);                                                                                       \
        QVERIFY2(complaints.empty(), complaints.c_str());                                                                                  \
    } while (false)

/// One store, used by many threads at once. ThreadSanitizer runs this, too.
class TestStoreThreads : public QObject {
    Q_OBJECT

    /// Opens the store again and holds it against what was acknowledged.
    static void verifyContent(StoreFixture& fixture, const std::map<FragmentId, std::string>& expected)
    {
        auto store = fixture.open();
        VERIFY_OK(store);
        ListOptions everything;
        everything.limit = 10'000;
        const auto listed = (*store)->memory().list(everything);
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), expected.size());
        for (const auto& [id, text] : expected) {
            const auto original = (*store)->memory().original(id);
            VERIFY_OK(original);
            QVERIFY(*original == text);
        }
        const auto verified = (*store)->health().verify({});
        VERIFY_OK(verified);
        QVERIFY2(verified->intact(), verified->problems.empty() ? "faults" : verified->problems[0].c_str());
    }

private slots:
    void oneExternalIdHasOneCurrentDocumentHoweverManyWriteItAtOnce()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        for (int round = 0; round < 20; ++round) {
            std::vector<std::function<std::string()>> jobs;
            for (int writer = 0; writer < 4; ++writer) {
                jobs.emplace_back([&, writer]() -> std::string {
                    NewMemory memory;
                    memory.externalId = "the one";
                    memory.text = "round " + std::to_string(round) + " of writer " + std::to_string(writer);
                    const std::vector<NewMemory> one{memory};
                    return complaintOf(store.memory().remember("default", writer % 2 == 0 ? one : std::vector{memory, memory}));
                });
            }
            VERIFY_SILENT(runTogether(jobs));
            const auto listed = store.memory().list({});
            VERIFY_OK(listed);
            QCOMPARE(std::ranges::count(*listed, std::string("the one"), &DocumentSummary::externalId), 1);
        }
        ListOptions all;
        all.oldVersions = true;
        const auto versions = store.memory().list(all);
        VERIFY_OK(versions);
        QCOMPARE(versions->size(), std::size_t{20 * 6});
        QCOMPARE(std::ranges::count(*versions, true, &DocumentSummary::current), 1);
    }

    void writersReadersAndSealingDoNotDisturbEachOther()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto executor = makeThreadExecutor(3);
        fixture.environment.executor = executor.get();
        Written written;
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            Store& store = **opened;
            constexpr int kWriters = 3;
            std::atomic<int> writing = kWriters;
            std::vector<std::function<std::string()>> jobs;
            for (int writer = 0; writer < kWriters; ++writer) {
                jobs.emplace_back([&, writer] {
                    auto complaint = writeNotes(store, written, writer, 60);
                    --writing;
                    return complaint;
                });
            }
            jobs.emplace_back([&] { return readNotes(store, written, writing); });
            jobs.emplace_back([&] { return askAround(store, writing); });
            jobs.emplace_back([&] {
                std::string complaint;
                while (writing > 0 && complaint.empty()) {
                    complaint = complaintOf(store.seal());
                }
                return complaint;
            });
            VERIFY_SILENT(runTogether(jobs));
            QCOMPARE(written.all().size(), std::size_t{kWriters * 60});
            const auto spaces = store.memory().namespaces();
            VERIFY_OK(spaces);
            QCOMPARE(std::ranges::count(*spaces, std::string("space 60"), &NamespaceSummary::name), 1);
            VERIFY_OK(store.close());
        }
        verifyContent(fixture, written.all());
    }

    void forgettingHealingAndNewKeysRunBesideWriters()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto executor = makeThreadExecutor(3);
        fixture.environment.executor = executor.get();
        Written written;
        std::string recoveryCode;
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            Store& store = **opened;
            VERIFY_SILENT(writeNotes(store, written, 9, 30));
            const auto before = written.all();
            std::atomic<int> writing = 2;
            const auto write = [&](int writer) {
                auto complaint = writeNotes(store, written, writer, 40);
                --writing;
                return complaint;
            };
            const auto forget = [&]() -> std::string {
                int number = 0;
                for (const auto& [id, text] : before) {
                    written.remove(id);
                    ForgetOptions options;
                    options.now = ++number % 8 == 0;
                    const auto forgotten = store.memory().forget({id}, options, {});
                    if (!forgotten.has_value()) {
                        return forgotten.error().message;
                    }
                }
                return {};
            };
            const auto heal = [&]() -> std::string {
                while (writing > 0) {
                    const auto healed = store.health().heal({});
                    if (!healed.has_value() || healed->unhealed > 0) {
                        return healed.has_value() ? "something could not be healed" : healed.error().message;
                    }
                    if (const auto scrubbed = store.health().scrub({}); !scrubbed.has_value()) {
                        return scrubbed.error().message;
                    }
                }
                return {};
            };
            const auto ask = [&] { return askAround(store, writing); };
            const auto read = [&] { return readNotes(store, written, writing); };
            VERIFY_SILENT(runTogether({[&] { return write(0); }, [&] { return write(1); }, forget, heal, ask, read}));
            VERIFY_OK(store.close());
        }
        verifyContent(fixture, written.all());
    }

    void oneNamespaceComesOfManyCallers()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        VERIFY_OK(opened);
        Store& store = **opened;
        for (int round = 0; round < 30; ++round) {
            const std::string name = "space " + std::to_string(round);
            const auto make = [&]() -> std::string {
                const auto made = store.memory().createNamespace(name);
                return made.has_value() || made.error().code == ErrorCode::AlreadyExists ? "" : made.error().message;
            };
            VERIFY_SILENT(runTogether({make, make, make}));
            const auto spaces = store.memory().namespaces();
            VERIFY_OK(spaces);
            QCOMPARE(std::ranges::count(*spaces, name, &NamespaceSummary::name), 1);
        }
    }

    /// Both new ways in were acknowledged: both must open the store.
    void twoKeysAreChangedAtOnce()
    {
        for (int round = 0; round < 20; ++round) {
            StoreFixture fixture(static_cast<std::uint64_t>(round) + 1);
            VERIFY_OK(fixture.create());
            SecretBytes code;
            {
                auto opened = fixture.open();
                VERIFY_OK(opened);
                Store& store = **opened;
                std::atomic<int> writing = 2;
                const auto passphrase = [&] {
                    auto complaint = complaintOf(store.access().setPassphrase(SecretBytes(asBytes("fresh"))));
                    --writing;
                    return complaint;
                };
                const auto recovery = [&] {
                    auto renewed = store.access().renewRecoveryCode();
                    auto complaint = complaintOf(renewed);
                    code = renewed.has_value() ? *std::move(renewed) : SecretBytes();
                    --writing;
                    return complaint;
                };
                const auto ask = [&] { return askAround(store, writing); };
                VERIFY_SILENT(runTogether({passphrase, recovery, ask}));
            }
            VERIFY_OK(fixture.open(false, "fresh"));
            Credentials credentials;
            credentials.recoveryCode = code.clone();
            VERIFY_OK(Store::open("store", credentials, fixture.environment, {}));
        }
    }
};

CARMA_TEST_CLASS(TestStoreThreads, "test_store_threads")
#include "test_store_threads.moc"
