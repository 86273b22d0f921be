// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/fake_embedder.h"
#include "query/search_engine.h"
#include "support/test_main.h"

#include <QTest>
#include <random>

using namespace carma;
using namespace carma::query;
using carma::test::FakeEmbedder;
using carma::test::id;

namespace {

void addTo(SearchEngine& engine, std::size_t from, std::size_t to)
{
    for (std::size_t i = from; i < to; ++i) {
        const std::string text = "passage number" + std::to_string(i % 13) + " tells of bolk and of river" + std::to_string(i % 7);
        // Orders fall, so that the order of the slots is not the order in the section.
        const auto order = static_cast<std::uint32_t>(to - i);
        const PassageView view{id(1, i), id(3, i / 8), id(2, i / 4), order, i, 0, i % 3 == 0 ? "bolk" : "", text};
        QVERIFY(engine.add(std::span(&view, 1)).has_value());
    }
}

std::unique_ptr<SearchEngine> smallEngine()
{
    auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), {});
    addTo(*engine, 0, 40);
    return engine;
}

Result<DecodedEngine> decode(ByteView bytes, std::uint32_t embedderVersion = 1)
{
    return decodeSearchEngine(bytes, std::make_shared<FakeEmbedder>(embedderVersion), {});
}

/// Everything an answer says, as text.
std::string answerOf(SearchEngine& engine, std::string_view query)
{
    const auto answer = engine.search({.text = query, .limit = 1000, .explain = true});
    std::string all = answer ? "" : answer.error().message;
    for (const Hit& hit : answer ? answer->hits : std::vector<Hit>{}) {
        all += toString(hit.id) + toString(hit.document) + std::to_string(hit.sequence) + " " + std::to_string(hit.score);
        for (const Term& term : hit.terms) {
            all += " " + term.name + " " + std::to_string(term.added);
        }
        all += "\n";
    }
    return all;
}

} // namespace

class TestSearchSnapshot : public QObject {
    Q_OBJECT
private slots:
    void answersTheSameAfterReadingBack()
    {
        const auto engine = smallEngine();
        const Bytes bytes = engine->encode(77);
        auto decoded = decode(bytes);
        VERIFY_OK(decoded);
        QCOMPARE(decoded->appliedSequence, Sequence{77});
        QCOMPARE(decoded->engine->size(), std::size_t{40});
        QCOMPARE(answerOf(*decoded->engine, "bolk river3 number5"), answerOf(*engine, "bolk river3 number5"));
        QCOMPARE(toHex(decoded->engine->encode(77)), toHex(bytes));
    }

    void goesOnGrowingAfterReadingBack()
    {
        const auto engine = smallEngine();
        auto decoded = decode(engine->encode(1));
        VERIFY_OK(decoded);
        for (SearchEngine* one : {engine.get(), decoded->engine.get()}) {
            addTo(*one, 38, 60);
            const std::vector<FragmentId> leavers{id(1, 0), id(1, 39), id(1, 55)};
            one->remove(leavers);
        }
        QCOMPARE(answerOf(*decoded->engine, "bolk river3"), answerOf(*engine, "bolk river3"));
    }

    void anEmptyEngineHasASnapshot()
    {
        const auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), {});
        auto decoded = decode(engine->encode(0));
        VERIFY_OK(decoded);
        QCOMPARE(decoded->engine->size(), std::size_t{0});
    }

    void holdsNothingOfForgottenPassages()
    {
        const auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), {});
        const PassageView kept{id(1, 1), id(3, 1), id(2, 1), 0, 1, 0, "", "bolk river"};
        VERIFY_OK(engine->add(std::span(&kept, 1)));
        const Bytes before = engine->encode(5);
        const PassageView secret{id(1, 2), id(3, 2), id(2, 1), 1, 2, 0, "", "confidential bolk"};
        VERIFY_OK(engine->add(std::span(&secret, 1)));
        QVERIFY(toString(engine->encode(5)).find("confidenti") != std::string::npos);
        engine->remove(std::span(&secret.id, 1));
        QVERIFY(toString(engine->encode(5)).find("confidenti") == std::string::npos);
        VERIFY_OK(engine->add(std::span(&kept, 1))); // how its words are spelt was forgotten with the other's
        QCOMPARE(toHex(engine->encode(5)), toHex(before));
    }

    void refusesOtherEmbeddersAndVersions()
    {
        Bytes bytes = smallEngine()->encode(1);
        COMPARE_ERROR(decode(bytes, 2), ErrorCode::Unsupported);
        bytes[8] = std::byte{200};
        COMPARE_ERROR(decode(bytes), ErrorCode::Unsupported);
        bytes[0] = std::byte{0};
        COMPARE_ERROR(decode(bytes), ErrorCode::Corruption);
    }

    void refusesSnapshotsThatAreCutOffOrTooLong()
    {
        Bytes bytes = smallEngine()->encode(1);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            QVERIFY(!decode(ByteView(bytes).first(size)).has_value());
        }
        bytes.push_back(std::byte{0});
        COMPARE_ERROR(decode(bytes), ErrorCode::Corruption);
    }

    void anyBytesAreEitherRefusedOrAnEngineThatWorks()
    {
        const Bytes sound = smallEngine()->encode(1);
        std::mt19937 random(17);
        int accepted = 0;
        for (int round = 0; round < 4000; ++round) {
            Bytes bytes = sound;
            for (std::size_t flips = 1 + random() % 3; flips > 0; --flips) {
                // Half of the flips go to the counts and tables, which is where the dangerous numbers are.
                const std::size_t range = random() % 2 == 0 ? bytes.size() : 200;
                bytes[random() % range] = static_cast<std::byte>(random() % 4 == 0 ? 0xFF : random());
            }
            auto decoded = decode(bytes);
            if (decoded) {
                ++accepted;
                const auto answer = decoded->engine->search({.text = "bolk river3", .onePerDocument = true, .explain = true});
                QVERIFY(answer.has_value() || decoded->engine->isDamaged());
                decoded->engine->remove(std::vector<FragmentId>{id(1, 3), id(1, 8)});
                const PassageView view{id(1, 3), id(3, 0), id(2, 0), 3, 3, 0, "", "bolk"};
                QVERIFY(decoded->engine->add(std::span(&view, 1)).has_value() || decoded->engine->isDamaged());
                (void)decoded->engine->encode(2);
            }
        }
        QVERIFY(accepted > 0 && accepted < 4000);
        for (int round = 0; round < 2000; ++round) {
            Bytes noise(random() % 300);
            for (std::byte& byte : noise) {
                byte = static_cast<std::byte>(random());
            }
            std::copy_n(sound.begin(), std::min<std::size_t>(noise.size(), random() % 60), noise.begin());
            (void)decode(noise).has_value();
        }
    }
};

CARMA_TEST_CLASS(TestSearchSnapshot, "test_search_snapshot")
#include "test_search_snapshot.moc"
