// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/keys_page.h"

#include "app/dialogs.h"
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/class_dialog.h"
#include "pages/key_details.h"
#include "pages/new_key_dialog.h"
#include "pages/saved_filters.h"
#include "pages/secret_dialog.h"
#include "pages/tables.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr std::size_t kKeysMax = 200000;
constexpr std::size_t kFoundMax = 10000;
enum Tab : int { Keys, Classes, Leaks };

QWidget* padded(QLayout* inner)
{
    auto* widget = new QWidget;
    inner->setContentsMargins(0, kGap, 0, 0);
    widget->setLayout(inner);
    return widget;
}

} // namespace

struct KeysPage::Answer {
    std::vector<KeyInfo> keys;
    std::vector<KeyRateClass> classes;
};

KeysPage::KeysPage(Shell& shell)
    : m_shell(shell), m_keys(makeKeysModel(this)), m_classes(makeClassesModel(this)), m_found(makeFoundKeysModel(this)),
      m_sorted(new QSortFilterProxyModel(this)), m_details(new KeyDetails), m_tabs(named(new QTabWidget, tr("Keys")))
{
    m_sorted->setSourceModel(m_keys);
    m_sorted->setSortRole(KeysModel::kOrderRole);
    m_sorted->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_sorted->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_sorted->setFilterKeyColumn(-1);
    auto* make = button(tr("New key"));
    make->setIcon(symbolIcon(Symbol::Plus));
    make->setMinimumSize(96, 32);
    m_filter = named(new QLineEdit, tr("Filter"));
    m_filter->setPlaceholderText(tr("Owner, label, scope, state"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumHeight(32);
    m_filter->setMaximumWidth(320);
    m_filter->addAction(symbolIcon(Symbol::Search), QLineEdit::LeadingPosition);
    auto* top = new QHBoxLayout;
    top->setSpacing(8);
    top->addWidget(heading(tr("Keys")));
    top->addStretch();
    top->addWidget(m_filter, 1);
    top->addWidget(new SavedFilters(
        shell, "keys",
        [this] {
            return QJsonObject{{"words", m_filter->text()}};
        },
        [this](const QJsonObject& kept) { m_filter->setText(kept["words"].toString()); }));
    top->addWidget(make);
    m_line = quiet({});
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(buildKeys(), tr("Keys"));
    m_tabs->addTab(buildClasses(), tr("Rate classes"));
    m_tabs->addTab(buildLeaks(), tr("Leaked keys"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addLayout(top);
    layout->addWidget(m_line);
    layout->addWidget(m_tabs, 1);
    connect(make, &QPushButton::clicked, this, &KeysPage::makeKey);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_tabs->setCurrentIndex(Keys);
        m_sorted->setFilterFixedString(words);
    });
    connect(m_details, &KeyDetails::changeWanted, this, &KeysPage::change);
    buildCommands();
}

QWidget* KeysPage::buildKeys()
{
    m_table = tableView(m_sorted, tr("Keys"), {104, 88, 96, 104, 76, 46, 132});
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder); // as they were made
    auto* make = button(tr("New key"));
    auto* list = new TableOrAdvice(m_table, m_keys, tr("No keys yet"),
        tr("A key lets a program or a person use this store over the network, within what its scopes allow. Its text is shown once."),
        make);
    m_details->setMinimumWidth(290);
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(list);
    split->addWidget(m_details);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setSizes({714, 298});
    connect(make, &QPushButton::clicked, this, &KeysPage::makeKey);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &KeysPage::chosen);
    auto* column = new QVBoxLayout;
    column->addWidget(split);
    return padded(column);
}

QWidget* KeysPage::buildClasses()
{
    m_classTable = tableView(m_classes, tr("Rate classes"), {140, 220, 220, 220});
    auto* add = button(tr("New class"));
    m_change = button(tr("Change class"));
    m_remove = button(tr("Remove class"));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(quiet(tr("A class says how often a key may be used. The built-in ones cannot be changed.")), 1);
    for (QPushButton* each : {add, m_change, m_remove}) {
        row->addWidget(each);
    }
    auto* column = new QVBoxLayout;
    column->setSpacing(kGap);
    column->addLayout(row);
    column->addWidget(m_classTable, 1);
    const auto own = [this] {
        const KeyRateClass* each = m_classes->row(chosenRow(m_classTable));
        m_change->setEnabled(each != nullptr && !each->builtIn);
        m_remove->setEnabled(each != nullptr && !each->builtIn);
    };
    connect(m_classTable->selectionModel(), &QItemSelectionModel::selectionChanged, this, own);
    connect(m_classes, &QAbstractItemModel::modelReset, this, own);
    own();
    connect(add, &QPushButton::clicked, this, [this] {
        KeyRateClass fresh;
        fresh.read = {10, 1000000, 20};
        fresh.write = {5, 1000000, 10};
        editClass(fresh);
    });
    connect(m_change, &QPushButton::clicked, this, [this] {
        if (const KeyRateClass* each = m_classes->row(chosenRow(m_classTable))) {
            editClass(*each);
        }
    });
    connect(m_remove, &QPushButton::clicked, this, &KeysPage::removeClass);
    return padded(column);
}

QWidget* KeysPage::buildLeaks()
{
    auto* table = tableView(m_found, tr("Leaked keys"), {520, 80});
    auto* look = button(tr("Scan a folder"));
    auto* first = button(tr("Scan a folder"));
    m_scanned = quiet(tr("Looks for keys in all files below a folder: sources, logs, settings."));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_scanned, 1);
    row->addWidget(look);
    auto* column = new QVBoxLayout;
    column->setSpacing(kGap);
    column->addLayout(row);
    column->addWidget(
        new TableOrAdvice(table, m_found, tr("No leaked keys known"),
            tr("Scan a folder to see whether a key lies where it should not. A key that was found there should be revoked."), first),
        1);
    const auto ask = [this] { chooseFolder(this, tr("Folder to scan"), [this](const QString& folder) { scan(folder); }); };
    connect(look, &QPushButton::clicked, this, ask);
    connect(first, &QPushButton::clicked, this, ask);
    connect(table, &QTableView::activated, this, [this](const QModelIndex& index) {
        const FoundKey* found = m_found->row(index.row());
        if (found != nullptr && !found->known.empty()) {
            open(text(toString(found->known.front().id)));
        }
    });
    return padded(column);
}

void KeysPage::buildCommands()
{
    m_shell.addCommand(tr("New key"), QKeySequence("Ctrl+Shift+K"), [this] { makeKey(); });
    m_shell.addCommand(tr("Rotate the chosen key"), QKeySequence("Ctrl+Shift+R"), [this] { change(KeyChange::Rotate); });
    m_shell.addCommand(tr("Suspend or resume the chosen key"), QKeySequence("Ctrl+Shift+P"), [this] {
        const KeyInfo* key = m_keys->row(chosenRow(m_table));
        change(key != nullptr && key->state == KeyState::Suspended ? KeyChange::Resume : KeyChange::Suspend);
    });
    m_shell.addCommand(tr("Set the expiry of the chosen key"), QKeySequence("Ctrl+Shift+E"), [this] { change(KeyChange::Expire); });
    m_shell.addCommand(tr("Add credits to the chosen key"), QKeySequence("Ctrl+Shift+C"), [this] { change(KeyChange::Credits); });
    m_shell.addCommand(tr("Revoke the chosen key"), QKeySequence("Ctrl+Shift+X"), [this] { change(KeyChange::Revoke); });
}

bool KeysPage::mayWrite()
{
    if (!m_shell.session().isOpen()) {
        m_shell.tell(tr("Open a store first."));
        return false;
    }
    if (m_shell.session().readOnly()) {
        m_shell.tell(tr("The store is open for reading only; open it for writing to change keys."));
        return false;
    }
    return true;
}

void KeysPage::refresh()
{
    m_shell.session().ask(
        this,
        [](Store& store) -> Result<Answer> {
            Answer answer;
            CARMA_TRY(store.keys().list([&answer](const KeyInfo& key) {
                answer.keys.push_back(key);
                return answer.keys.size() < kKeysMax;
            }));
            CARMA_TRY_ASSIGN(answer.classes, store.keys().classes());
            return answer;
        },
        [this](Result<Answer>& answer) {
            if (!answer) {
                m_shell.tell(explain(answer.error(), Intent::Work), [this] { refresh(); });
                return;
            }
            std::size_t working = 0;
            for (const KeyInfo& key : answer->keys) {
                working += key.state == KeyState::Active || key.state == KeyState::Grace ? 1U : 0U;
            }
            m_line->setText(tr("%1 keys, %2 of them work").arg(number(answer->keys.size()), number(working)));
            showRows(m_table, m_keys, std::move(answer->keys));
            showRows(m_classTable, m_classes, std::move(answer->classes));
            if (!m_wanted.isEmpty()) {
                chooseRow(m_table, m_keys->find(bytesOf(m_wanted)));
                m_wanted.clear();
            } else if (chosenRow(m_table) < 0 && m_sorted->rowCount() > 0) {
                m_table->selectRow(0);
            }
            chosen();
        });
}

void KeysPage::open(const QString& detail)
{
    m_tabs->setCurrentIndex(Keys);
    m_wanted = detail;
    refresh();
}

void KeysPage::reset()
{
    m_keys->setRows({});
    m_classes->setRows({});
    m_found->setRows({});
    m_filter->clear();
    m_line->clear();
    m_wanted.clear();
    chosen();
}

void KeysPage::chosen()
{
    const KeyInfo* key = m_keys->row(chosenRow(m_table));
    m_details->show(key == nullptr ? std::nullopt : std::optional(*key), m_shell.session().readOnly());
}

void KeysPage::makeKey()
{
    if (!mayWrite()) {
        return;
    }
    m_shell.goTo("keys");
    auto* dialog = new NewKeyDialog(m_classes->rows(), this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        auto key = dialog->wanted();
        if (key) {
            m_shell.session().ask(
                this, [wanted = std::move(*key)](Store& store) { return store.keys().create(wanted); },
                [this](Result<IssuedKey>& issued) { showSecret(issued); });
        }
    });
    openModal(dialog);
}

void KeysPage::showSecret(Result<IssuedKey>& issued)
{
    if (!issued) {
        m_shell.tell(explain(issued.error(), Intent::Work));
        return;
    }
    m_wanted = text(toString(issued->info.id));
    auto* dialog = new SecretDialog(m_shell.session(), std::move(*issued), this);
    openModal(dialog);
    emit m_shell.session().changed();
}

void KeysPage::change(KeyChange change)
{
    const KeyInfo* key = m_keys->row(chosenRow(m_table));
    if (!mayWrite()) {
        return;
    }
    if (key == nullptr) {
        m_shell.tell(tr("Choose a key on the page Keys first."));
        return;
    }
    if (change == KeyChange::Resume) {
        m_shell.session().ask(
            this, [id = toString(key->id)](Store& store) { return store.keys().resume(id); },
            [this](const Result<KeyInfo>& info) { changed(info, tr("resumed")); });
        return;
    }
    auto* dialog = new KeyChangeDialog(change, *key, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { perform(*dialog); });
    openModal(dialog);
}

void KeysPage::perform(const KeyChangeDialog& dialog)
{
    StoreSession& session = m_shell.session();
    const std::string id = dialog.id();
    const std::string reason = dialog.reason();
    const auto run = [this, &session](auto work, const QString& done) {
        session.ask(this, work, [this, done](const Result<KeyInfo>& info) { changed(info, done); });
    };
    switch (dialog.change()) {
    case KeyChange::Rotate:
        session.ask(
            this, [id, reason, grace = dialog.graceUs()](Store& store) { return store.keys().rotate(id, grace, reason); },
            [this](Result<IssuedKey>& issued) { showSecret(issued); });
        break;
    case KeyChange::Suspend: run([id, reason](Store& store) { return store.keys().suspend(id, reason); }, tr("suspended")); break;
    case KeyChange::Expire:
        run([id, at = dialog.expiresUs()](Store& store) { return store.keys().expire(id, at); }, tr("given an expiry"));
        break;
    case KeyChange::Credits:
        run([id, more = dialog.credits()](Store& store) { return store.keys().addCredits(id, more); }, tr("given credits"));
        break;
    case KeyChange::Revoke: run([id, reason](Store& store) { return store.keys().revoke(id, reason); }, tr("revoked")); break;
    case KeyChange::Resume: break;
    }
}

void KeysPage::changed(const Result<KeyInfo>& key, const QString& done)
{
    if (!key) {
        m_shell.tell(explain(key.error(), Intent::Work));
        return;
    }
    m_shell.tell(tr("The key of %1 was %2.").arg(oneLine(text(key->owner), 60), done));
    emit m_shell.session().changed();
    refresh();
}

void KeysPage::editClass(const KeyRateClass& begin)
{
    if (!mayWrite()) {
        return;
    }
    auto* dialog = new ClassDialog(begin, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const auto wanted = dialog->wanted();
        if (wanted) {
            m_shell.session().ask(
                this, [made = *wanted](Store& store) { return store.keys().setClass(made, false); },
                [this](const Result<void>& done) { done ? refresh() : m_shell.tell(explain(done.error(), Intent::Work)); });
        }
    });
    openModal(dialog);
}

void KeysPage::removeClass()
{
    const KeyRateClass* each = m_classes->row(chosenRow(m_classTable));
    if (each == nullptr || !mayWrite()) {
        return;
    }
    m_shell.session().ask(
        this, [name = each->name](Store& store) { return store.keys().removeClass(name, false); },
        [this](const Result<void>& done) { done ? refresh() : m_shell.tell(explain(done.error(), Intent::Work)); });
}

QStringList KeysPage::command() const { return {"keys", "list"}; }

void KeysPage::scan(const QString& folder)
{
    m_tabs->setCurrentIndex(Leaks);
    struct Scanned {
        KeyScanReport report;
        std::vector<FoundKey> found;
    };
    const auto job = m_shell.session().start(
        this, tr("Scan for leaked keys"),
        [path = bytesOf(folder)](Store& store, const Task& task) -> Result<Scanned> {
            Scanned scanned;
            CARMA_TRY_ASSIGN(scanned.report,
                scanForKeys(
                    path,
                    [&](const std::string& file, const KeyFinding& finding) {
                        if (scanned.found.size() < kFoundMax) {
                            scanned.found.push_back({text(file), finding, {}});
                        }
                    },
                    task));
            for (FoundKey& each : scanned.found) {
                if (each.finding.whole) {
                    CARMA_TRY_ASSIGN(each.known, store.keys().find(each.finding.parts.fingerprint));
                }
            }
            return scanned;
        },
        [this](Result<Scanned>& scanned) {
            if (!scanned) {
                m_shell.tell(explain(scanned.error(), Intent::Work));
                return QString();
            }
            const KeyScanReport& report = scanned->report;
            QString line = tr("%1 files, %2 keys found, %3 could not be read")
                               .arg(number(report.files), number(report.findings), number(report.unread.size()));
            m_scanned->setText(line);
            m_found->setRows(std::move(scanned->found));
            return line;
        });
    m_shell.session().tellCommand(job, {"keys", "scan", folder});
}

} // namespace carma::gui
