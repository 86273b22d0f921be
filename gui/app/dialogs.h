// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QDialog;
class QWidget;

namespace carma::gui {

/// Opens a dialog that is deleted some time after it was closed. Qt's own dialogs ask questions in event loops of their own, with objects
/// on the stack that are children of the dialog: it must not die before those have ended, whoever closes it. GUI thread.
void openModal(QDialog* dialog);

/// Closes the dialogs below `root` that can be seen, whatever they would ask first: what is locked is not shown.
void closeDialogs(const QWidget& root);

} // namespace carma::gui
