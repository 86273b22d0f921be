// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/holds_dialog.h"

#include "app/store_session.h"
#include "app/text.h"
#include "frame/page.h"
#include "frame/widgets.h"
#include "pages/tables.h"

#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

Result<std::vector<NamedHold>> holdsOf(Store& store)
{
    CARMA_TRY_ASSIGN(const std::vector<LegalHold> holds, store.audit().holds());
    CARMA_TRY_ASSIGN(const std::vector<NamespaceSummary> spaces, store.memory().namespaces());
    std::vector<NamedHold> all;
    for (const LegalHold& hold : holds) {
        NamedHold named{hold, toString(hold.space), {}};
        const auto space = std::ranges::find(spaces, hold.space, &NamespaceSummary::id);
        named.space = space != spaces.end() ? space->name : named.space;
        if (!hold.document.isNull()) {
            const auto tree = store.memory().tree(hold.document);
            named.document = !tree || (tree->document.path.empty() && tree->document.title.empty()) ? toString(hold.document)
                : tree->document.path.empty()                                                       ? tree->document.title
                                                                                                    : tree->document.path;
        }
        all.push_back(std::move(named));
    }
    return all;
}

} // namespace

HoldsModel* makeHoldsModel(QObject* parent)
{
    std::vector<RowsColumn<NamedHold>> columns{
        {HoldsDialog::tr("Namespace"), [](const NamedHold& each) { return oneLine(text(each.space), 100); }},
        {HoldsDialog::tr("Document"),
            [](const NamedHold& each) { return each.document.empty() ? HoldsDialog::tr("all of it") : oneLine(text(each.document), 200); }},
        {HoldsDialog::tr("Since"), [](const NamedHold& each) { return dateTime(each.hold.placedUs); }},
        {HoldsDialog::tr("Reason"), [](const NamedHold& each) { return oneLine(text(each.hold.reason), 200); }},
    };
    return new HoldsModel(
        std::move(columns), [](const NamedHold& each) { return toString(each.hold.space) + toString(each.hold.document); }, parent);
}

HoldsDialog::HoldsDialog(Shell& shell, QWidget* parent)
    : QDialog(parent), m_shell(shell), m_model(makeHoldsModel(this)), m_table(tableView(m_model, tr("Legal holds"), {130, 210, 130})),
      m_target(named(new QLineEdit, tr("What is held"))), m_reason(named(new QLineEdit, tr("Reason"))), m_place(button(tr("Hold"))),
      m_release(button(tr("Release the chosen hold"))), m_news(quiet({}))
{
    setWindowTitle(tr("Legal holds"));
    resize(760, 480);
    m_target->setPlaceholderText(tr("Namespace, or the path or id of a document"));
    m_reason->setPlaceholderText(tr("Why, for the audit"));
    auto* form = new QFormLayout;
    form->setVerticalSpacing(8);
    form->setHorizontalSpacing(kMargin);
    form->addRow(tr("What is held"), m_target);
    form->addRow(tr("Reason"), m_reason);
    auto* close = button(tr("Close"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_place);
    buttons->addWidget(m_release);
    buttons->addWidget(m_news, 1);
    buttons->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(tr("Legal holds"), 3));
    layout->addWidget(quiet(tr("What is held can neither be forgotten nor purged nor erased. Placing and releasing are audited.")));
    layout->addWidget(
        new TableOrAdvice(m_table, m_model, tr("Nothing is held"), tr("Name a namespace or a document below, and why."), nullptr), 1);
    layout->addLayout(form);
    layout->addLayout(buttons);
    connect(m_place, &QPushButton::clicked, this, &HoldsDialog::place);
    connect(m_release, &QPushButton::clicked, this, &HoldsDialog::release);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(m_target, &QLineEdit::textChanged, this, &HoldsDialog::check);
    connect(m_reason, &QLineEdit::textChanged, this, &HoldsDialog::check);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &HoldsDialog::check);
    connect(&shell.session(), &StoreSession::closed, this, &QDialog::accept); // what is locked is not shown
    check();
    load();
}

void HoldsDialog::check()
{
    const bool may = !m_shell.session().readOnly() && !m_reason->text().trimmed().isEmpty();
    m_place->setEnabled(may && !m_target->text().trimmed().isEmpty());
    m_release->setEnabled(may && chosenRow(m_table) >= 0);
}

void HoldsDialog::load()
{
    m_shell.session().ask(this, holdsOf, [this](Result<std::vector<NamedHold>>& holds) {
        if (holds) {
            showRows(m_table, m_model, std::move(*holds));
        } else {
            m_news->setText(text(holds.error().message));
        }
        check();
    });
}

void HoldsDialog::ended(const Result<void>& done, const QString& line)
{
    m_news->setText(done ? line : text(done.error().message));
    if (done) {
        m_target->clear();
        m_reason->clear();
        load();
        emit m_shell.session().changed();
    }
}

void HoldsDialog::place()
{
    if (!m_place->isEnabled()) {
        return;
    }
    m_shell.session().ask(
        this,
        [target = bytesOf(m_target->text().trimmed()), why = bytesOf(m_reason->text().trimmed())](
            Store& store) { return store.audit().hold(target, why); },
        [this](const Result<void>& done) { ended(done, tr("Held.")); });
}

void HoldsDialog::release()
{
    const NamedHold* chosen = m_model->row(chosenRow(m_table));
    if (chosen == nullptr || !m_release->isEnabled()) {
        return;
    }
    const std::string target = chosen->hold.document.isNull() ? chosen->space : toString(chosen->hold.document);
    m_shell.session().ask(
        this, [target, why = bytesOf(m_reason->text().trimmed())](Store& store) { return store.audit().release(target, why); },
        [this](const Result<void>& done) { ended(done, tr("Released.")); });
}

} // namespace carma::gui
