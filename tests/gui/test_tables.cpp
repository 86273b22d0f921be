// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/text.h"
#include "gui_support.h"
#include "pages/documents_model.h"
#include "pages/memory_page.h"
#include "pages/rows_model.h"
#include "pages/saved_filters.h"
#include "pages/table_export.h"
#include "pages/table_tools.h"
#include "support/test_main.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

QString content(const QString& path) { return text(readFile(path, 1U << 24U).value_or("")); }

} // namespace

/// What all tables can do: columns, copying, export; times; filters that are kept.
class TestGuiTables : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void formsAreWrittenAsTheyShould()
    {
        QCOMPARE(static_cast<int>(tableFormOf("a.JSON")), static_cast<int>(TableForm::Json));
        TableText csv(TableForm::Csv, {"Title", "Size"});
        csv.add({"with, comma and \"quotes\"", "3"});
        csv.add({"=HYPERLINK(\"x\")", "-4"});
        QCOMPARE(text(csv.take()), QString("Title,Size\r\n\"with, comma and \"\"quotes\"\"\",3\r\n\"'=HYPERLINK(\"\"x\"\")\",-4\r\n"));
        TableText json(TableForm::Json, {"Title"});
        QCOMPARE(text(json.take()), QString("[]\n"));
        TableText full(TableForm::Json, {"Title"});
        full.add({"a\n"});
        full.add({"b"});
        const QJsonArray all = QJsonDocument::fromJson(QByteArray::fromStdString(full.take())).array();
        QCOMPARE(all.size(), 2);
        QCOMPARE(all[0].toObject()["Title"].toString(), QString("a\n"));
        TableText lines(TableForm::JsonLines, {"Title"});
        lines.add({"b"});
        QCOMPARE(text(lines.take()), QString("{\"Title\":\"b\"}\n"));
    }

    void whatIsShownIsExported()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("audit");
        QTableView* table = tableCalled(fixture.window(), "Audit");
        QVERIFY(waitUntil([&] { return table->model()->rowCount() > 3; }));
        table->setColumnHidden(0, true);
        table->horizontalHeader()->moveSection(table->horizontalHeader()->visualIndex(3), 0);
        table->clearSelection();
        const QString path = fixture.folder() + "/audit.csv";
        const int rows = table->model()->rowCount();
        exportTable(table, path);
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        const QStringList lines = content(path).split("\r\n", Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), rows + 1);
        QVERIFY(lines[0].startsWith("Action,"));
        QVERIFY(!lines[0].contains("Time"));
        QCOMPARE(tableInUse(fixture.window().findChild<QWidget*>("navigation")->parentWidget()) != nullptr, true);
    }

    void thousandsOfRowsAreExportedWithoutAStop()
    {
        struct Row {
            int number;
        };
        RowsModel<Row> model({{"Number", [](const Row& row) { return QString::number(row.number); }}},
            [](const Row& row) { return std::to_string(row.number); });
        std::vector<Row> rows;
        for (int i = 0; i < 50000; ++i) {
            rows.push_back({i});
        }
        model.setRows(std::move(rows));
        QTableView view;
        view.setModel(&model);
        const QTemporaryDir folder;
        const Watchdog watchdog;
        new TableExporter(&view, folder.filePath("numbers.jsonl"), {});
        QVERIFY(waitUntil([&] { return QFile::exists(folder.filePath("numbers.jsonl")); }));
        QCOMPARE(content(folder.filePath("numbers.jsonl")).count('\n'), 50000);
        QVERIFY2(watchdog.longestBusyMs() < 50, qPrintable(QString::number(watchdog.longestBusyMs())));
        QString problem;
        new TableExporter(&view, folder.filePath("other.csv"), [&problem](const QString& told) { problem = told; });
        model.setRows({});
        QVERIFY(!problem.isEmpty());
        QVERIFY(!QFile::exists(folder.filePath("other.csv")));
    }

    void allDocumentsAreListedInAFile()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("memory");
        const QString path = fixture.folder() + "/documents.json";
        fixture.window().findChild<MemoryPage*>()->exportListTo(path);
        QVERIFY(fixture.idle());
        const QJsonArray all = QJsonDocument::fromJson(content(path).toUtf8()).array();
        QCOMPARE(all.size(), 3);
        QVERIFY(all[0].toObject().contains("Tags"));
    }

    void columnsAreHiddenByTheMenuOfTheHeader()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("audit");
        QTableView* table = tableCalled(fixture.window(), "Audit");
        emit table->horizontalHeader()->customContextMenuRequested({5, 5});
        auto* menu = table->findChild<QMenu*>();
        QVERIFY(menu != nullptr);
        QCOMPARE(menu->actions().size(), table->model()->columnCount());
        menu->actions()[1]->setChecked(false);
        QVERIFY(table->isColumnHidden(1));
        menu->close();
        table->selectRow(0);
        emit table->customContextMenuRequested({5, 5});
        for (QMenu* each : table->findChildren<QMenu*>()) {
            if (each != menu && !each->actions().isEmpty()) {
                each->actions().first()->trigger();
                each->close();
            }
        }
    }

    void chosenRowsAreCopied()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("memory");
        QTableView* table = tableCalled(fixture.window(), "Documents");
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == 3; }));
        table->setFocus();
        table->selectAll();
        QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
        const QStringList lines = QApplication::clipboard()->text().split('\n');
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines.join(' ').contains("Choir"));
    }

    void timesAreLocalOrUtc()
    {
        qputenv("TZ", "America/New_York");
        tzset();
        const std::int64_t noon = 1700049600LL * 1000000; // 2023-11-15 12:00 UTC
        showTimesInUtc(true);
        QVERIFY(dateTime(noon).contains("12:00"));
        QVERIFY(dateTime(noon).endsWith("UTC"));
        const QLocale before;
        QLocale::setDefault(QLocale::c()); // nobody chose a language
        QCOMPARE(dateTime(noon), QString("2023-11-15 12:00 UTC"));
        QCOMPARE(date(noon), QString("2023-11-15"));
        QLocale::setDefault(before);
        showTimesInUtc(false);
        QVERIFY2(!dateTime(noon).contains("12:00") && !dateTime(noon).contains("UTC"), qPrintable(dateTime(noon)));
        qunsetenv("TZ");
        tzset();
        WindowFixture fixture;
        QVERIFY(fixture.open());
        QTest::keyClick(&fixture.window(), Qt::Key_U, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(timesAreInUtc());
        QVERIFY(SettingsFile(fixture.folder() + "/settings.ini").load().timesInUtc);
        QTest::keyClick(&fixture.window(), Qt::Key_U, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(!timesAreInUtc());
    }

    void filtersAreKeptUnderNames()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        for (const QString& page : {QString("audit"), QString("memory"), QString("keys")}) {
            fixture.window().goTo(page);
            SavedFilters* filters = nullptr;
            for (auto* each : fixture.window().findChildren<SavedFilters*>()) {
                filters = each->isVisible() ? each : filters;
            }
            QVERIFY2(filters != nullptr, qPrintable(page));
            QLineEdit* line = lineCalled(fixture.window(), page == "audit" ? "Object" : page == "memory" ? "Question" : "Find");
            line = line != nullptr ? line : filters->parentWidget()->findChild<QLineEdit*>();
            QVERIFY(line != nullptr);
            line->setText("spare");
            filters->save("mine");
            line->clear();
            QCOMPARE(filters->names(), QStringList{"mine"});
            filters->apply("mine");
            QCOMPARE(line->text(), QString("spare"));
            line->clear();
        }
        const Settings kept = SettingsFile(fixture.folder() + "/settings.ini").load();
        QCOMPARE(kept.filters.size(), 3);
        QVERIFY(kept.filters["audit/mine"].contains("spare"));
        auto* first = fixture.window().findChild<SavedFilters*>();
        first->remove("mine");
        QVERIFY(first->names().isEmpty());
    }
};

CARMA_TEST_CLASS(TestGuiTables, "test_tables")

#include "test_tables.moc"
