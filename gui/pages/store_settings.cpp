// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/store_settings.h"

#include "app/dialogs.h"
#include "app/store_session.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/widgets.h"
#include "pages/passphrase_dialog.h"
#include "pages/tables.h"
#include "pages/text_dialog.h"

#include <QAction>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QStorageInfo>
#include <QTableView>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kTableHeight = 150;
constexpr int kWordsWidth = 590; ///< within the card

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(StoreSettings)
};

std::vector<RowsColumn<PluginInfo>> pluginColumns()
{
    return {{Texts::tr("Plugin"), [](const PluginInfo& one) { return text(one.name); }, false, {},
                [](const PluginInfo& one) {
                    return one.problem.empty() ? symbolIcon(Symbol::Good, tones().good) : symbolIcon(Symbol::Bad, tones().bad);
                }},
        {Texts::tr("Version"), [](const PluginInfo& one) { return text(one.version); }},
        {Texts::tr("Kind"), [](const PluginInfo& one) { return text(name(one.kind)); }},
        {Texts::tr("Description"),
            [](const PluginInfo& one) { return oneLine(text(one.problem.empty() ? one.description : one.problem), 200); }}};
}

/// Whether it is there, where it leads, on which device, and how much room is left. Asks the system: not in the GUI thread.
QString wordsOfFolder(const QString& store, const QString& name)
{
    const QFileInfo info(store + '/' + name);
    const QString target = info.symLinkTarget();
    const QString place = target.isEmpty() ? name : Texts::tr("%1, a link to %2").arg(name, oneLine(target, 60));
    if (!info.isDir()) {
        return Texts::tr("%1: not there").arg(place);
    }
    if (!QFileInfo::exists(info.filePath() + "/superblock")) {
        return Texts::tr("%1: nothing of the store is in it").arg(place);
    }
    const QStorageInfo device(info.filePath());
    return Texts::tr("%1: on %2, %3 free")
        .arg(place, QString::fromUtf8(device.device()), sizeText(static_cast<std::uint64_t>(std::max<qint64>(device.bytesAvailable(), 0))));
}

QString foldersOf(const QString& store, unsigned count)
{
    QStringList lines;
    for (unsigned i = 0; i < count; ++i) {
        lines.append(wordsOfFolder(store, QString("shards/%1").arg(i)));
    }
    return lines.join('\n');
}

} // namespace

struct StoreSettings::Answer {
    EmbedderState embedder;
    QString folders;
    std::vector<PluginInfo> plugins;
    QString pluginProblem;
};

StoreSettings::StoreSettings(Shell& shell)
    : m_shell(shell), m_embedder(new QLabel), m_folders(new QLabel), m_change(button(tr("Change the passphrase"))),
      m_rebuild(button(tr("Rebuild shard folders"))),
      m_plugins(new RowsModel<PluginInfo>(
          pluginColumns(), [](const PluginInfo& one) { return one.name + '/' + one.library; }, this)),
      m_table(tableView(m_plugins, tr("Plugins"), {150, 80, 110})),
      m_advice(quiet(tr("A shard folder may be a link to another disk or a mount point. To replace one, link its name to an empty folder "
                        "there and rebuild.")))
{
    auto* diagnostics = button(tr("Save diagnostics"));
    auto* test = button(tr("Test the chosen plugin"));
    m_embedder->setWordWrap(true);
    m_rebuild->setToolTip(tr("Heals: makes what is missing in shard folders anew from the others."));
    m_folders->setWordWrap(true);
    m_folders->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_table->setFixedHeight(kTableHeight);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_rebuild);
    buttons->addWidget(m_change);
    buttons->addWidget(diagnostics);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGap);
    QFrame* store = card();
    layoutOf(store)->setSpacing(kGap);
    layoutOf(store)->addWidget(heading(tr("This store"), 1));
    layoutOf(store)->addWidget(m_embedder);
    layoutOf(store)->addWidget(m_folders);
    layoutOf(store)->addWidget(m_advice);
    layoutOf(store)->addLayout(buttons);
    QFrame* plugins = card();
    layoutOf(plugins)->setSpacing(kGap);
    layoutOf(plugins)->addWidget(heading(tr("Plugins"), 1));
    layoutOf(plugins)->addWidget(m_table);
    layoutOf(plugins)->addWidget(test, 0, Qt::AlignLeft);
    layout->addWidget(store);
    layout->addWidget(plugins);
    connect(m_change, &QPushButton::clicked, this, &StoreSettings::changePassphrase);
    connect(m_rebuild, &QPushButton::clicked, this, [this] { m_shell.goTo("healing", "heal"); });
    connect(test, &QPushButton::clicked, this, &StoreSettings::testPlugin);
    connect(diagnostics, &QPushButton::clicked, this, [this] {
        for (QAction* action : m_shell.commands()) {
            if (action->data() == "Ctrl+Alt+D") { // the frame's own
                action->trigger();
            }
        }
    });
    m_shell.addCommand(tr("Change the passphrase"), QKeySequence("Ctrl+Alt+W"), [this] { changePassphrase(); });
    reset();
}

void StoreSettings::reset()
{
    m_embedder->setText(tr("No store is open."));
    m_folders->clear();
    m_folders->hide();
    m_advice->hide();
    m_change->setEnabled(false);
    m_rebuild->setEnabled(false);
    m_plugins->setRows({});
}

void StoreSettings::refresh()
{
    m_shell.session().askStatus(this, [this](const Result<StatusReport>& status) {
        if (!status) {
            return; // the frame tells it
        }
        m_shell.session().ask(
            this,
            [path = m_shell.session().path(), count = status->dataShards + status->parityShards](Store& store) -> Result<Answer> {
                Answer answer;
                CARMA_TRY_ASSIGN(answer.embedder, store.embedders().show());
                answer.folders = foldersOf(path, count);
                const auto options = defaultPluginOptions();
                auto plugins = options ? listPlugins(*options) : Result<std::vector<PluginInfo>>(options.error());
                if (plugins) {
                    answer.plugins = std::move(*plugins);
                } else {
                    answer.pluginProblem = text(plugins.error().message);
                }
                return answer;
            },
            [this](const Result<Answer>& answer) { answer ? show(*answer) : m_shell.tell(explain(answer.error(), Intent::Work)); });
    });
}

void StoreSettings::show(const Answer& answer)
{
    const EmbedderIdentity& identity = answer.embedder.identity;
    m_embedder->setText(answer.embedder.problem.empty()
            ? tr("Embedder: %1 %2, %3 dimensions").arg(text(identity.name)).arg(identity.version).arg(identity.dimension)
            : tr("Questions go by words only: %1").arg(text(answer.embedder.problem)));
    m_folders->setText(answer.folders);
    m_folders->setMinimumHeight(m_folders->heightForWidth(kWordsWidth)); // a scroll area gives lines that break less than they need
    m_advice->setMinimumHeight(m_advice->heightForWidth(kWordsWidth));
    m_folders->show();
    m_advice->show();
    m_change->setEnabled(!m_shell.session().readOnly());
    m_rebuild->setEnabled(!m_shell.session().readOnly());
    m_plugins->setRows(answer.plugins);
    if (!answer.pluginProblem.isEmpty()) {
        m_shell.tell(answer.pluginProblem);
    }
}

void StoreSettings::changePassphrase()
{
    if (!m_shell.session().isOpen() || m_shell.session().readOnly()) {
        m_shell.tell(tr("Open a store for writing first."));
        return;
    }
    auto* dialog = new PassphraseDialog(this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] { keepPassphrase(dialog->passphrase()); });
    openModal(dialog);
}

void StoreSettings::keepPassphrase(SecretBytes passphrase)
{
    const auto kept = std::make_shared<SecretBytes>(std::move(passphrase)); // shared with the thread that derives the key
    m_shell.session().ask(
        this, [kept](Store& store) { return store.access().setPassphrase(*kept); },
        [this, kept](const Result<void>& done) {
            if (!done) {
                m_shell.tell(explain(done.error(), Intent::Work));
                return;
            }
            m_shell.session().passphraseChanged(*kept);
            m_shell.tell(tr("The store opens with the new passphrase from now on."));
        });
}

void StoreSettings::testPlugin()
{
    const PluginInfo* chosen = m_plugins->row(chosenRow(m_table));
    if (chosen == nullptr) {
        m_shell.tell(tr("Choose a plugin first."));
        return;
    }
    const auto job = m_shell.session().start(
        this, tr("Test a plugin"),
        [name = chosen->name](Store&, const Task& task) -> Result<PluginReport> {
            CARMA_TRY_ASSIGN(PluginOptions options, defaultPluginOptions());
            options.stop = task.stop;
            return carma::testPlugin(name, options);
        },
        [this](const Result<PluginReport>& report) {
            if (!report) {
                m_shell.tell(explain(report.error(), Intent::Work), [this] { testPlugin(); });
                return QString();
            }
            showReport(*report);
            return report->passed() ? tr("passed") : tr("not passed");
        });
    m_shell.session().tellCommand(job, {"plugins", "test", text(chosen->name)});
}

void StoreSettings::showReport(const PluginReport& report)
{
    QString lines;
    for (const PluginCheck& check : report.checks) {
        lines += QString("%1  %2  %3\n").arg(check.passed ? "ok    " : "FAILED", text(check.name), text(check.detail));
    }
    auto* dialog = new TextDialog(m_shell.session(),
        {tr("Test of %1").arg(text(report.plugin.name)),
            report.passed()
                ? tr("It did all that a store asks of it, %1 texts a second.").arg(QLocale().toString(report.textsPerSecond, 'f', 0))
                : tr("It failed at what a store asks of it; do not use it."),
            lines, "plugin-test.txt"},
        this);
    openModal(dialog);
}

} // namespace carma::gui
