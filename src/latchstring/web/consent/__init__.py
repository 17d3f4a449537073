"""The pages of the person whose data it is: sign in, choose the organization, allow or refuse."""
