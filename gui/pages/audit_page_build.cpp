// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "pages/audit_model.h"
#include "pages/audit_page.h"
#include "pages/saved_filters.h"
#include "pages/tables.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QJsonObject>
#include <QLineEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

QLineEdit* filterLine(const QString& name, const QString& hint)
{
    auto* line = named(new QLineEdit, name);
    line->setPlaceholderText(hint);
    line->setClearButtonEnabled(true);
    line->setMinimumHeight(32);
    return line;
}

} // namespace

QWidget* AuditPage::buildTop()
{
    auto* verifyButton = button(tr("Verify"));
    auto* compare = button(tr("Compare"));
    auto* keep = button(tr("Checkpoint"));
    auto* write = button(tr("Export"));
    verifyButton->setToolTip(tr("Read the whole history and prove that nothing was changed, removed or reordered."));
    compare->setToolTip(tr("Prove that the history has grown from a checkpoint that was kept elsewhere."));
    keep->setToolTip(tr("Sign the history as it is now. Keep checkpoints elsewhere: they show a cut-off end."));
    write->setToolTip(tr("Write what the filter takes, with a signed manifest beside it."));
    m_symbol = new QLabel;
    m_verdict = quiet(tr("Not verified since the store was opened."));
    auto* top = new QWidget;
    auto* grid = new QVBoxLayout(top);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(kGap);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(heading(tr("Audit")));
    row->addStretch();
    auto* holds = button(tr("Legal holds"));
    holds->setToolTip(tr("What can neither be forgotten nor purged nor erased."));
    for (QPushButton* each : {verifyButton, compare, keep, holds, write}) {
        each->setMinimumSize(96, 32);
        row->addWidget(each);
    }
    auto* words = new QHBoxLayout;
    words->setSpacing(8);
    words->addWidget(m_symbol);
    words->addWidget(m_verdict, 1);
    m_symbol->hide();
    grid->addLayout(row);
    grid->addLayout(words);
    connect(verifyButton, &QPushButton::clicked, this, [this] { verify(); });
    connect(compare, &QPushButton::clicked, this,
        [this] { chooseOpenFile(this, tr("A checkpoint that was kept elsewhere"), {}, [this](const QString& path) { verify(path); }); });
    connect(keep, &QPushButton::clicked, this, &AuditPage::checkpoint);
    connect(holds, &QPushButton::clicked, this, &AuditPage::showHolds);
    connect(write, &QPushButton::clicked, this, [this] {
        chooseSaveFile(
            this, tr("Export the audit"), "audit.jsonl", [this](const QString& path) { exportTo(path); },
            tr("JSON lines (*.jsonl);;Comma-separated (*.csv);;CEF (*.cef);;OCSF (*.ocsf)"));
    });
    return top;
}

QWidget* AuditPage::buildFilter()
{
    m_actor = filterLine(tr("Actor"), tr("Actor"));
    m_action = filterLine(tr("Action"), tr("Action, such as memory"));
    m_object = filterLine(tr("Object"), tr("Object, subject or detail"));
    m_outcome = named(new QComboBox, tr("Outcome"));
    m_outcome->addItem(tr("Every outcome"));
    for (const AuditOutcome outcome : {AuditOutcome::Done, AuditOutcome::Refused, AuditOutcome::Failed}) {
        m_outcome->addItem(AuditModel::wordOf(outcome), static_cast<int>(outcome));
    }
    m_since = named(new QComboBox, tr("Time"));
    m_since->addItem(tr("At any time"), 0);
    m_since->addItem(tr("Last hour"), 1);
    m_since->addItem(tr("Last day"), 24);
    m_since->addItem(tr("Last 7 days"), 7 * 24);
    m_since->addItem(tr("Last 30 days"), 30 * 24);
    m_follow = new QCheckBox(tr("Follow"));
    m_follow->setToolTip(tr("New entries appear by themselves."));
    m_follow->setChecked(true);
    m_outcome->setMinimumHeight(32);
    m_since->setMinimumHeight(32);
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_actor, 2);
    row->addWidget(m_action, 2);
    row->addWidget(m_object, 3);
    row->addWidget(m_outcome);
    row->addWidget(m_since);
    row->addWidget(new SavedFilters(
        m_shell, "audit", [this] { return keptFilter(); }, [this](const QJsonObject& kept) { setFilter(kept); }));
    row->addSpacing(4);
    row->addWidget(m_follow);
    for (QLineEdit* line : {m_actor, m_action, m_object}) {
        connect(line, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    }
    connect(m_outcome, &QComboBox::currentIndexChanged, this, &AuditPage::reload);
    connect(m_since, &QComboBox::currentIndexChanged, this, &AuditPage::reload);
    return bar;
}

QWidget* AuditPage::buildBody()
{
    m_table = tableView(m_model, tr("Audit"), {132, 76, 104, 108, 94, 98});
    auto* list = new TableOrAdvice(m_table, m_model, tr("No entry fits"),
        tr("Every change of the store leaves an entry. Loosen the filter above, or wait for something to happen."), nullptr);
    m_count = quiet({});
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(list, 1);
    column->addWidget(m_count);
    QFrame* details = card();
    m_entry = heading({}, 2);
    m_facts = new QLabel;
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setFocusPolicy(Qt::NoFocus);
    auto* scroll = named(new QScrollArea, tr("About the entry"));
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_facts);
    scroll->viewport()->setBackgroundRole(QPalette::Base);
    m_prove = button(tr("Prove this entry"));
    layoutOf(details)->addWidget(m_entry);
    layoutOf(details)->addWidget(scroll, 1);
    layoutOf(details)->addWidget(m_prove);
    details->setMinimumWidth(250);
    auto* split = new QSplitter;
    split->setChildrenCollapsible(false);
    split->setHandleWidth(kGap);
    split->addWidget(left);
    split->addWidget(details);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 1);
    split->setSizes({740, 272});
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &AuditPage::chosen);
    connect(m_prove, &QPushButton::clicked, this, &AuditPage::prove);
    return split;
}

void AuditPage::buildCommands()
{
    m_shell.addCommand(tr("Verify the audit"), QKeySequence("Ctrl+Shift+A"), [this] { verify(); });
    m_shell.addCommand(tr("Prove the chosen audit entry"), QKeySequence("Ctrl+Shift+W"), [this] { prove(); });
    m_shell.addCommand(tr("Make a checkpoint of the audit"), QKeySequence("Ctrl+Shift+B"), [this] { checkpoint(); });
    m_shell.addCommand(tr("Legal holds"), QKeySequence("Ctrl+Alt+L"), [this] { showHolds(); });
}

} // namespace carma::gui
