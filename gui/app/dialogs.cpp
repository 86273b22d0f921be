// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dialogs.h"

#include <QDialog>
#include <QMenu>
#include <QThread>
#include <QTimer>

namespace carma::gui {

namespace {

constexpr int kAgainMs = 20;

/// What waits in an event loop of its own goes on then, and finds that nothing was chosen.
void closeInner(const QDialog* dialog)
{
    for (QMenu* menu : dialog->findChildren<QMenu*>()) {
        menu->close();
    }
    for (QDialog* inner : dialog->findChildren<QDialog*>()) {
        if (inner->isVisible()) {
            inner->done(QDialog::Rejected);
        }
    }
}

/// Not in a loop that runs within the one in which the dialog was opened.
void deleteOutside(QDialog* dialog, int loopLevel)
{
    if (QThread::currentThread()->loopLevel() <= loopLevel) {
        dialog->deleteLater();
    } else {
        QTimer::singleShot(kAgainMs, dialog, [dialog, loopLevel] { deleteOutside(dialog, loopLevel); });
    }
}

} // namespace

void openModal(QDialog* dialog)
{
    QObject::connect(dialog, &QDialog::finished, dialog, [dialog, loopLevel = QThread::currentThread()->loopLevel()] {
        closeInner(dialog);
        deleteOutside(dialog, loopLevel);
    });
    dialog->open();
}

void closeDialogs(const QWidget& root)
{
    for (QDialog* dialog : root.findChildren<QDialog*>()) {
        if (dialog->isVisible()) {
            dialog->done(QDialog::Rejected);
        }
    }
}

} // namespace carma::gui
