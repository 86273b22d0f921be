// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>

using namespace carma;
using namespace carma::test;

/// What the list of faults says of a catalog that was lost, found missing, and made anew.
class TestCatalogFaults : public QObject {
    Q_OBJECT

private:
    static std::uint64_t openOf(const std::vector<RememberedFault>& faults)
    {
        return static_cast<std::uint64_t>(
            std::ranges::count_if(faults, [](const RememberedFault& one) { return one.fault.outcome != FaultOutcome::Healed; }));
    }

private slots:
    /// A store that is opened for the first time has no catalog yet, which is no fault, also after something was kept in it.
    void aNewStoreMissesNoCatalog()
    {
        TemporaryFolder folder;
        StoreFixture fixture;
        fixture.environment.disk = nullptr;
        fixture.environment.catalogFolder.clear();
        const std::string path = folder.path() + "/store";
        CreateOptions create;
        create.keyFile = folder.path() + "/store.key";
        VERIFY_OK(Store::create(path, std::move(create), fixture.environment));
        Credentials credentials;
        credentials.keyFile = folder.path() + "/store.key";
        const auto store = Store::open(path, credentials, fixture.environment, {});
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("default", {{"Bread rises.", "", "", {}}}));
        const auto scrub = (*store)->health().scrub({});
        VERIFY_OK(scrub);
        QCOMPARE(scrub->faultsCount, std::uint64_t{0});
        const auto heal = (*store)->health().heal({});
        VERIFY_OK(heal);
        QVERIFY(!heal->catalogRebuilt);
        QCOMPARE(heal->healed, std::uint64_t{0});
    }

    void aMissingCatalogIsHealedInTheListToo_data()
    {
        QTest::addColumn<bool>("reopen");
        QTest::newRow("scrub and heal by one program") << false;
        QTest::newRow("by two") << true;
    }

    void aMissingCatalogIsHealedInTheListToo()
    {
        QFETCH(bool, reopen);
        TemporaryFolder folder;
        StoreFixture fixture;
        fixture.environment.disk = nullptr; // the catalog is told of if it lies in the store's folder, one of this machine
        fixture.environment.catalogFolder.clear();
        const std::string path = folder.path() + "/store";
        CreateOptions create;
        create.keyFile = folder.path() + "/store.key";
        VERIFY_OK(Store::create(path, std::move(create), fixture.environment));
        Credentials credentials;
        credentials.keyFile = folder.path() + "/store.key";
        const auto open = [&] { return Store::open(path, credentials, fixture.environment, {}); };
        {
            auto store = open();
            VERIFY_OK(store);
            VERIFY_OK((*store)->memory().remember("default", {{"Bread rises.", "", "", {}}}));
        }
        for (const char* name : {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.sums"}) {
            std::filesystem::remove(path + "/" + name);
        }
        auto store = open();
        VERIFY_OK(store);
        const auto scrub = (*store)->health().scrub({});
        VERIFY_OK(scrub);
        QVERIFY(scrub->faultsCount > 0);
        VERIFY_OK((*store)->health().rememberFaults(scrub->faults));
        QVERIFY(openOf((*store)->health().rememberedFaults(100).value()) > 0);
        if (reopen) {
            store->reset();
            store = open();
            VERIFY_OK(store);
        }
        VERIFY_OK((*store)->health().heal({}));
        QCOMPARE(openOf((*store)->health().rememberedFaults(100).value()), std::uint64_t{0});
        const auto again = (*store)->health().heal({});
        VERIFY_OK(again);
        QCOMPARE(again->bytesWritten, std::uint64_t{0});
        const std::size_t faults = (*store)->health().faults(100)->size();
        VERIFY_OK((*store)->health().heal({}));
        QCOMPARE((*store)->health().faults(100)->size(), faults); // a heal of what is sound writes no record
    }
};

CARMA_TEST_CLASS(TestCatalogFaults, "test_catalog_faults")

#include "test_catalog_faults.moc"
