// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/searcher.h"
#include "store/store_impl.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <deque>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::size_t kNotes = 600; // enough that a snapshot is written

std::vector<NewMemory> notesOf(std::string_view space, std::size_t count)
{
    std::vector<NewMemory> notes;
    for (std::size_t i = 0; i < count; ++i) {
        notes.push_back({.text = "shelf " + std::to_string(i % 40) + " of " + std::string(space) + " holds " +
                std::string(i % 7 + 1, static_cast<char>('a' + i % 26)) + " number " + std::to_string(i),
            .title = {},
            .externalId = {},
            .tags = {}});
    }
    return notes;
}

using Hits = std::vector<std::pair<std::string, float>>;

Hits ask(Store& store, std::string_view space)
{
    QueryOptions options;
    options.space = space;
    const auto answer = store.memory().query("shelf 7 number 47", options);
    Hits hits;
    for (const QueryHit& hit : answer.has_value() ? answer->hits : std::vector<QueryHit>()) {
        hits.emplace_back(hit.fragment.text, hit.score);
    }
    return hits;
}

/// Two namespaces whose snapshots are on the disk.
void fill(StoreFixture& fixture)
{
    VERIFY_OK(fixture.create());
    auto store = fixture.open();
    VERIFY_OK(store);
    for (const char* space : {"first", "second"}) {
        VERIFY_OK((*store)->memory().remember(space, notesOf(space, kNotes)));
        QVERIFY(!ask(**store, space).empty());
    }
    VERIFY_OK((*store)->close());
}

std::vector<std::string> indexFiles(const StoreFixture& fixture)
{
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : fixture.disk.files()) {
        if (path.starts_with("indexes/")) {
            paths.push_back(path);
        }
    }
    return paths;
}

/// Keeps what is posted until drain().
class LaterExecutor final : public Executor {
public:
    void runAll(std::span<const std::function<void()>> tasks) override
    {
        for (const auto& task : tasks) {
            task();
        }
    }
    void post(std::function<void()> task) override { m_posted.push_back(std::move(task)); }
    void drain() override
    {
        while (!m_posted.empty()) {
            const auto next = std::move(m_posted.front());
            m_posted.pop_front();
            next();
        }
    }
    [[nodiscard]] std::size_t width() const override { return 1; }

private:
    std::deque<std::function<void()>> m_posted;
};

/// A new store whose posted work waits.
struct LaterFixture : StoreFixture {
    LaterFixture()
    {
        environment.segmentBytes = 16U << 20U; // sealing is posted as well, and nothing here waits for that
        VERIFY_OK(create());
        environment.executor = &later;
    }
    LaterExecutor later;
};

Result<store::Searcher::SpaceEngine> engineOf(store::Searcher& searcher, store::StoreCore& core, const std::string& space)
{
    return searcher.engine((*core.space(space))->id, *core.catalog->marks());
}

} // namespace

/// Index files are caches: whatever happens to one costs a line and the time to build it again. Engines that are not in use go when the
/// memory is needed.
class TestIndexFiles : public QObject {
    Q_OBJECT
private slots:
    void whateverHappensToAFileTheAnswerIsTheSame_data()
    {
        QTest::addColumn<QString>("how");
        for (const char* how :
            {"deleted", "one bit", "bits everywhere", "second half", "truncated", "empty", "of another namespace", "of another store"}) {
            QTest::addRow("%s", how) << how;
        }
    }

    void whateverHappensToAFileTheAnswerIsTheSame()
    {
        QFETCH(QString, how);
        StoreFixture fixture;
        fill(fixture);
        const auto paths = indexFiles(fixture);
        QCOMPARE(paths.size(), 2U);
        Hits first;
        Hits second;
        {
            auto store = fixture.open(true);
            VERIFY_OK(store);
            first = ask(**store, "first");
            second = ask(**store, "second");
        }
        QVERIFY(first.size() == 10 && second.size() == 10);
        auto files = fixture.disk.files();
        StoreFixture other(2);
        if (how == "of another store") {
            fill(other);
        }
        std::size_t lines = paths.size();
        for (std::size_t i = 0; i < paths.size(); ++i) {
            const std::string& path = paths[i];
            if (how == "deleted") {
                VERIFY_OK(fixture.disk.deletePath(path));
                lines = 0; // it is as if there never was one
            } else if (how == "one bit") {
                VERIFY_OK(fixture.disk.flipBit(path, files[path].size() / 2, 3));
                lines = 0; // the code of the sector corrects it
            } else if (how == "bits everywhere") {
                fixture.disk.flipRandomBits(files[path].size() / 16, path);
            } else if (how == "second half") { // it opens, and a search finds the damage
                Bytes half = files[path];
                std::fill(half.begin() + static_cast<std::ptrdiff_t>(half.size() / 2), half.end(), std::byte{0});
                VERIFY_OK(replaceFile(fixture.disk, path, half));
            } else if (how == "truncated") {
                VERIFY_OK(fixture.disk.truncateFile(path, files[path].size() / 2));
            } else if (how == "empty") {
                VERIFY_OK(fixture.disk.truncateFile(path, 0));
            } else {
                const Bytes foreign = how == "of another namespace" ? files[paths[1 - i]] : other.disk.files()[indexFiles(other)[i]];
                VERIFY_OK(replaceFile(fixture.disk, path, foreign));
            }
        }
        for (const bool again : {false, true}) {
            fixture.notices.clear();
            auto store = fixture.open(true);
            VERIFY_OK(store);
            QVERIFY(ask(**store, "first") == first);
            QVERIFY(ask(**store, "second") == second);
            QCOMPARE(fixture.notices.size(), again ? 0U : lines); // and the second time it is built
        }
    }

    void theAnswerComesBeforeTheSnapshot()
    {
        LaterFixture fixture;
        auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("first", notesOf("first", kNotes)));
        QCOMPARE(ask(**store, "first").size(), 10U);
        QVERIFY(indexFiles(fixture).empty());
        fixture.later.drain();
        QCOMPARE(indexFiles(fixture).size(), 1U);
        VERIFY_OK((*store)->memory().remember("second", notesOf("second", kNotes)));
        QCOMPARE(ask(**store, "second").size(), 10U);
        VERIFY_OK((*store)->close()); // waits for it
        QCOMPARE(indexFiles(fixture).size(), 2U);
    }

    /// Engines that wait to be written cannot be dropped when memory is short.
    void fewSnapshotsWait()
    {
        LaterFixture fixture;
        auto store = fixture.open();
        VERIFY_OK(store);
        for (const char* space : {"first", "second", "third", "fourth"}) {
            VERIFY_OK((*store)->memory().remember(space, notesOf(space, kNotes)));
            QCOMPARE(ask(**store, space).size(), 10U);
        }
        QCOMPARE(indexFiles(fixture).size(), 2U);
    }

    void aSnapshotThatWaitsDoesNotKeepWhatIsForgotten()
    {
        LaterFixture fixture;
        auto store = fixture.open();
        VERIFY_OK(store);
        const auto made = (*store)->memory().remember("first", notesOf("first", kNotes));
        VERIFY_OK(made);
        QCOMPARE(ask(**store, "first").size(), 10U);
        VERIFY_OK((*store)->memory().forget({made->front()}, {}, {}));
        fixture.later.drain();
        QVERIFY(indexFiles(fixture).empty());
        QCOMPARE(ask(**store, "first").size(), 10U); // another snapshot waits
        VERIFY_OK((*store)->memory().forget({(*made)[1]}, {}, {}));
        QCOMPARE(ask(**store, "first").size(), 10U); // for this engine, too
        fixture.later.drain();
        QCOMPARE(indexFiles(fixture).size(), 1U);
        VERIFY_OK((*store)->close());
    }

    void aQueryTouchesOneNamespaceAndMemoryStaysWithinItsBudget()
    {
        constexpr std::size_t kSpaces = 100;
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto name = [](std::size_t i) { return "space " + std::to_string(i); };
        std::uint64_t one = 0;
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            for (std::size_t i = 0; i < kSpaces; ++i) {
                VERIFY_OK((*store)->memory().remember(name(i), notesOf(name(i), 60)));
            }
            store::StoreCore& core = static_cast<store::StoreImpl&>(**store).core();
            store::Searcher searcher(core);
            VERIFY_OK(engineOf(searcher, core, name(7)));
            QCOMPARE(searcher.held().spaces, 1U);
            one = searcher.held().bytes;
            VERIFY_OK((*store)->close());
        }
        constexpr std::uint64_t kRoomFor = 8;
        fixture.environment.searchMemoryBytes = one * kRoomFor;
        auto store = fixture.open(true);
        VERIFY_OK(store);
        {
            store::StoreCore& core = static_cast<store::StoreImpl&>(**store).core();
            store::Searcher searcher(core);
            for (std::size_t round = 0; round < 2; ++round) {
                for (std::size_t i = 0; i < kSpaces; ++i) {
                    VERIFY_OK(engineOf(searcher, core, name(i)));
                    QVERIFY(searcher.held().bytes <= fixture.environment.searchMemoryBytes);
                    const Hits hits = ask(**store, name(i)); // the store's own engines, with the same budget
                    QVERIFY(hits.size() == 10 && hits[0].first.find(" of " + name(i) + " holds ") != std::string::npos);
                }
                QVERIFY(searcher.held().spaces >= kRoomFor / 2);
            }
            // The one that was used last is still there: room is made by last use.
            const auto kept = engineOf(searcher, core, name(kSpaces - 1));
            VERIFY_OK(engineOf(searcher, core, name(0)));
            QVERIFY(engineOf(searcher, core, name(kSpaces - 1))->engine == kept->engine);
        }
        // One that is larger than all the budget answers as well.
        fixture.environment.searchMemoryBytes = 1;
        store->reset();
        auto tight = fixture.open(true);
        VERIFY_OK(tight);
        QVERIFY(ask(**tight, name(3)).size() == 10 && ask(**tight, name(4)).size() == 10);
    }
};

CARMA_TEST_CLASS(TestIndexFiles, "test_index_files")
#include "test_index_files.moc"
