// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>

using namespace carma;
using namespace carma::test;

namespace {

std::vector<std::string> texts(Store& store, std::string_view query, const QueryOptions& options = {})
{
    std::vector<std::string> found;
    if (const auto answer = store.memory().query(query, options)) {
        for (const QueryHit& hit : answer->hits) {
            found.push_back(hit.fragment.text);
        }
    }
    std::ranges::sort(found);
    return found;
}

using Texts = std::vector<std::string>;

} // namespace

class TestQueryFields : public QObject {
    Q_OBJECT
private slots:
    void tagsAndSpeakersAreConditions()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("default",
            {{"Ann: the pump leaks", "", "", {"house", "urgent"}}, {"Bob: the pump is new", "", "", {"Garden"}},
                {"a pump for Ann: none", "", "", {}}}));
        QCOMPARE(texts(**store, "pump tag:garden"), (Texts{"Bob: the pump is new"}));
        QCOMPARE(texts(**store, "pump tag:house tag:urgent"), (Texts{"Ann: the pump leaks"}));
        QCOMPARE(texts(**store, "pump -tag:house"), (Texts{"Bob: the pump is new", "a pump for Ann: none"}));
        QCOMPARE(texts(**store, "pump speaker:ann"), (Texts{"Ann: the pump leaks"}));
        QCOMPARE(texts(**store, "pump -speaker:ann"), (Texts{"Bob: the pump is new", "a pump for Ann: none"}));
        QCOMPARE(texts(**store, "pump tag:none"), Texts{});
        COMPARE_ERROR((*store)->memory().query("tag:house", {}), ErrorCode::InvalidArgument);
    }
};

CARMA_TEST_CLASS(TestQueryFields, "test_query_fields")
#include "test_query_fields.moc"
