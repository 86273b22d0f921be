// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/text.h"
#include "gui_support.h"
#include "pages/class_dialog.h"
#include "pages/key_change_dialog.h"
#include "pages/key_details.h"
#include "pages/keys_page.h"
#include "pages/magic_square_view.h"
#include "pages/new_key_dialog.h"
#include "pages/secret_dialog.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

KeyInfo keyOf(std::uint64_t number, const std::string& owner)
{
    KeyInfo key;
    key.id = KeyId{}.plus(number);
    key.owner = owner;
    return key;
}

/// Fills in who it is for and presses the button; the dialog with the secret.
SecretDialog* makeKey(WindowFixture& fixture, const QString& owner)
{
    auto* page = fixture.window().findChild<KeysPage*>();
    page->makeKey();
    auto* dialog = page->findChild<NewKeyDialog*>();
    QTest::keyClicks(lineCalled(*dialog, "Owner"), owner);
    QTest::mouseClick(buttonCalled(*dialog, "Make the key"), Qt::LeftButton);
    SecretDialog* secret = nullptr;
    (void)waitUntil([&] { return (secret = page->findChild<SecretDialog*>()) != nullptr && secret->isVisible(); });
    return secret;
}

} // namespace

/// The page Keys, its models and its dialogs.
class TestGuiKeys : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void rowsThatStayKeepTheirPlace()
    {
        const std::unique_ptr<KeysModel> model(makeKeysModel(nullptr));
        const QAbstractItemModelTester tester(model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        model->setRows({keyOf(1, "anna"), keyOf(2, "bert")});
        const QPersistentModelIndex second = model->index(1, 0);
        int resets = 0;
        connect(model.get(), &QAbstractItemModel::modelReset, this, [&resets] { ++resets; });
        model->setRows({keyOf(1, "anna"), keyOf(2, "berta"), keyOf(3, "carl")});
        QCOMPARE(resets, 0);
        QCOMPARE(second.data().toString(), QString("berta"));
        model->setRows({keyOf(3, "carl")});
        QCOMPARE(resets, 1);
        QCOMPARE(model->find(toString(keyOf(3, "").id)), 0);
        QCOMPARE(model->find("none"), -1);
        QVERIFY(model->row(1) == nullptr);
    }

    void otherModelsAreSound()
    {
        const std::unique_ptr<ClassesModel> classes(makeClassesModel(nullptr));
        const std::unique_ptr<FoundKeysModel> found(makeFoundKeysModel(nullptr));
        const QAbstractItemModelTester one(classes.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        const QAbstractItemModelTester other(found.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        classes->setRows({{"partners", {100, 1000000, 200}, {1, 500000, 1}, {1, 60000000, 1}, false}});
        QCOMPARE(classes->index(0, 1).data().toString(), QString("100 in 1 s, burst 200"));
        QCOMPARE(classes->index(0, 2).data().toString(), QString("1 in 500 ms, burst 1"));
        found->setRows({FoundKey{"a.log", {}, {}}});
        QCOMPARE(found->index(0, 2).data().toString(), QString("has the form of a key only"));
    }

    void aKeyIsMadeAndShownOnce()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("keys");
        auto* page = fixture.window().findChild<KeysPage*>();
        auto* table = tableCalled(*page, "Keys");
        SecretDialog* secret = makeKey(fixture, "anna");
        QVERIFY(secret != nullptr);
        const auto parsed = parseKey(secret->shown().toStdString());
        QVERIFY(parsed.has_value());
        QTest::keyClick(secret, Qt::Key_Escape);
        QVERIFY(secret->isVisible()); // the text would be lost
        QVERIFY(!buttonCalled(*secret, "Close")->isEnabled());
        const QString file = fixture.folder() + "/anna.key";
        QTest::mouseClick(buttonCalled(*secret, "Save to a file"), Qt::LeftButton);
        auto* dialog = secret->findChild<QFileDialog*>();
        QVERIFY(dialog != nullptr);
        emit dialog->fileSelected(file);
        dialog->close();
        QVERIFY(waitUntil([&] { return buttonCalled(*secret, "Close")->isEnabled(); }));
        QVERIFY(!(QFile::permissions(file) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther)));
        QCOMPARE(text(readFile(file, 1000).value_or("")).trimmed(), secret->shown());
        QTest::mouseClick(buttonCalled(*secret, "Copy for one minute"), Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), secret->shown());
        QTest::mouseClick(buttonCalled(*secret, "Close"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == 1; }));
        QCOMPARE(table->model()->index(0, 0).data().toString(), QString("anna"));
        const auto square = page->findChild<KeyDetails*>()->findChild<MagicSquareView*>()->square();
        QVERIFY(square.has_value() && *square == squareOf(parsed->fingerprint));
        QVERIFY(square->holds());
    }

    void aSecretIsNeverWrittenOverAFile()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("old.key");
        QVERIFY(writeFile(path, "precious").has_value());
        QCOMPARE(writeSecret(path, asBytes("new")).error().code, ErrorCode::AlreadyExists);
        QCOMPARE(text(*readFile(path, 100)), QString("precious"));
        QCOMPARE(readFile(path, 3).error().code, ErrorCode::LimitExceeded);
    }

    void lockingHidesTheSecret()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("keys");
        const QPointer<SecretDialog> secret = makeKey(fixture, "anna");
        QVERIFY(secret);
        fixture.window().lock();
        QVERIFY(waitUntil([&] { return secret.isNull(); }));
        QCOMPARE(tableCalled(*fixture.window().findChild<KeysPage*>(), "Keys")->model()->rowCount(), 0);
    }

    void keysAreSuspendedRotatedAndRevoked()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("keys");
        auto* page = fixture.window().findChild<KeysPage*>();
        auto* model = tableCalled(*page, "Keys")->model();
        makeKey(fixture, "bert")->accept();
        QVERIFY(waitUntil([&] { return model->rowCount() == 1; }));
        const auto state = [&](int row) { return model->index(row, 2).data().toString(); };
        const auto press = [&](const QString& name) {
            QTest::mouseClick(buttonCalled(*page, name), Qt::LeftButton);
            return page->findChild<KeyChangeDialog*>();
        };
        QTest::mouseClick(buttonCalled(*press("Suspend"), "Suspend"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return state(0) == "suspended"; }));
        QTest::mouseClick(buttonCalled(*page, "Resume"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return state(0) == "active"; }));
        QTest::mouseClick(buttonCalled(*press("Rotate"), "Rotate"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return page->findChild<SecretDialog*>() != nullptr; }));
        page->findChild<SecretDialog*>()->accept();
        QVERIFY(waitUntil([&] { return model->rowCount() == 2 && state(0) == "in grace"; }));
        tableCalled(*page, "Keys")->selectRow(1);
        KeyChangeDialog* revoke = press("Revoke");
        QVERIFY(!buttonCalled(*revoke, "Revoke")->isEnabled());
        QTest::keyClicks(lineCalled(*revoke, "Confirmation"), KeyChangeDialog::word());
        QTest::mouseClick(buttonCalled(*revoke, "Revoke"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return state(1) == "revoked"; }));
        QVERIFY(!buttonCalled(*page, "Revoke")->isEnabled());
    }

    void whatIsTypedIsChecked()
    {
        NewKeyDialog dialog({}, nullptr);
        dialog.show();
        QPushButton* make = buttonCalled(dialog, "Make the key");
        QVERIFY(!make->isEnabled());
        QTest::keyClicks(lineCalled(dialog, "Owner"), "carl");
        QVERIFY(make->isEnabled());
        auto* permission = dialog.findChild<QComboBox*>();
        permission->setCurrentIndex(permission->count() - 1);
        QVERIFY(!make->isEnabled()); // no scope
        QTest::keyClicks(lineCalled(dialog, "Scopes"), "fly:letters");
        QVERIFY(!make->isEnabled());
        lineCalled(dialog, "Scopes")->clear();
        QTest::keyClicks(lineCalled(dialog, "Scopes"), "read:letters write:*");
        QVERIFY(make->isEnabled());
        QTest::keyClicks(lineCalled(dialog, "Addresses"), "10.0.0.0/99");
        QVERIFY(!make->isEnabled());
        lineCalled(dialog, "Addresses")->setText("10.0.0.0/8");
        QCOMPARE(dialog.wanted()->scopes.size(), std::size_t{2});
    }

    void classesAreMadeAndRemoved()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("keys");
        auto* page = fixture.window().findChild<KeysPage*>();
        tabsOf(*page)->setCurrentIndex(1);
        auto* table = tableCalled(*page, "Rate classes");
        QVERIFY(waitUntil([&] { return table->model()->rowCount() > 0; }));
        const int builtIn = table->model()->rowCount();
        QTest::mouseClick(buttonCalled(*page, "New class"), Qt::LeftButton);
        auto* dialog = page->findChild<ClassDialog*>();
        QTest::keyClicks(lineCalled(*dialog, "Name"), "partners");
        QTest::mouseClick(buttonCalled(*dialog, "Keep"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == builtIn + 1; }));
        table->selectRow(0);
        QVERIFY(!buttonCalled(*page, "Remove class")->isEnabled());
        table->selectRow(builtIn);
        QTest::mouseClick(buttonCalled(*page, "Remove class"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == builtIn; }));
    }

    void leakedKeysAreFound()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("keys");
        SecretDialog* secret = makeKey(fixture, "dora");
        QVERIFY(QDir(fixture.folder()).mkdir("logs"));
        QVERIFY(writeFile(fixture.folder() + "/logs/a.log", "token=" + secret->shown().toStdString()).has_value());
        secret->accept();
        auto* page = fixture.window().findChild<KeysPage*>();
        page->scan(fixture.folder() + "/logs");
        auto* table = tableCalled(*page, "Leaked keys");
        QVERIFY(waitUntil([&] { return table->model()->rowCount() == 1; }));
        QVERIFY(table->model()->index(0, 2).data().toString().contains("dora"));
    }
};

CARMA_TEST_CLASS(TestGuiKeys, "test_keys_page")

#include "test_keys_page.moc"
